/**
 * Styles of pasted HTML, kept from the browser. The pages' content policy holds in every document that a page parses: browsers
 * would report each inline style as a violation and drop what it says, and with it what is bold or a list in Word and Google Docs.
 * So the attribute is renamed in the source, and read from there.
 */

/** The attribute that has what `style` had. */
export const STYLE = 'pasted-style';

/** One that does not end reaches to the end, as for a browser. */
const STYLE_SHEET = /<style(?=[\s>])[\s\S]*?(?:<\/style\s*>|$)/gi;

/** The source without style sheets and with renamed style attributes. Each pass is linear in its length. */
export const quiet = (html: string): string =>
  html.replace(STYLE_SHEET, '').replace(/(\s)(style\s*=)/gi, '$1pasted-$2');

/** Text of a tree of that source, as it was. */
export const loud = (text: string): string => text.replace(/(\s)pasted-(style\s*=)/gi, '$1$2');
