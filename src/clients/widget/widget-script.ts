/**
 * `/widget.js`: the script for anyone's page.
 *
 * A classic script: only such a one knows where it came from, and that is the server that it asks.
 */
import { defineElement } from './element.ts';
import { subscriptionsAt } from './servers.ts';

const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;

defineElement((server) => subscriptionsAt(server ?? own));
