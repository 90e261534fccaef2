/**
 * The look of the reference, light and dark: one column on phones, with the contents as a panel; navigation beside it where
 * there is room; examples beside the text on wide screens.
 */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1d1f21; --soft: #5c6166; --line: #dcdfe2; --paper: #fdfdfc; --field: #f3f4f2;
  --accent: #0b5f55; --get: #1d5fa8; --post: #1f7a3d; --put: #8a5a00; --patch: #6b3fa0; --delete: #b3261e; --bar: 3.4rem;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e3; --soft: #9ba19c; --line: #34393a; --paper: #161818;
  --field: #1f2223; --accent: #6fd0bf; --get: #7fb4ee; --post: #78cf93; --put: #e0b45c; --patch: #c0a2ee; --delete: #f09a92; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: calc(var(--bar) + 1rem); -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: .06em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
[tabindex="-1"]:focus { outline: none; }
code, pre, kbd { font-family: var(--mono); font-size: .86em; }
code { background: var(--field); padding: .1em .3em; border-radius: 3px; }
pre { padding: .8rem 1rem; overflow: auto; max-height: 30rem; line-height: 1.5; margin: 0;
  overflow-wrap: normal; }
pre:focus-visible { outline-offset: -2px; }
pre code { background: none; padding: 0; font-size: 1em; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.5rem; line-height: 1.3; margin: 3.5rem 0 .4rem; letter-spacing: -.005em; }
h3 { font-size: 1.15rem; line-height: 1.35; margin: 0; }
h4 { font-size: .85rem; font-weight: 650; margin: 1.5rem 0 .3rem; }
h2 a, h3 a, h4 a { color: inherit; text-decoration: none; }
h2 a:hover, h3 a:hover, h4 a:hover { text-decoration: underline; }
p { margin: .45rem 0; max-width: 42rem; }
ul { list-style: none; margin: 0; padding: 0; }
button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:hover { border-color: var(--soft); }
.soft, .type { color: var(--soft); }
.lead { font-size: 1.1rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; z-index: 4; background: var(--paper); padding: .5rem .8rem; }
header { position: sticky; top: 0; z-index: 2; display: flex; gap: .6rem; align-items: center; height: var(--bar); padding: 0 1rem;
  background: var(--paper); border-bottom: 1px solid var(--line); }
.menu { min-height: 2.4rem; padding: 0 .8rem; font-size: .92rem; }
[role="search"] { position: relative; flex: 1; min-width: 0; }
input { width: 100%; height: 2.4rem; font: inherit; font-size: 1rem; color: inherit; background: var(--field); border: 1px solid var(--line);
  border-radius: 6px; padding: 0 .7rem; }
kbd { position: absolute; right: .6rem; top: .55rem; color: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: 0 .4rem; }
input:focus + kbd, input:not(:placeholder-shown) + kbd { display: none; }
#status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
#results { position: absolute; z-index: 3; top: var(--bar); left: 0; right: 0; max-height: calc(100dvh - var(--bar) - 1rem); overflow-y: auto;
  background: var(--paper); border-bottom: 1px solid var(--line); box-shadow: 0 8px 24px #0003; padding: .5rem; }
#results:has(ul:empty)::before { content: 'No results'; display: block; padding: .5rem; color: var(--soft); }
#results a { display: block; padding: .45rem .6rem; border-radius: 6px; text-decoration: none; color: inherit; line-height: 1.35; }
#results a:hover, #results a:focus { background: var(--field); }
#results span { display: block; color: var(--soft); font: .8rem/1.4 var(--mono); }
nav { position: fixed; inset: 0 auto 0 0; width: min(20rem, 86vw); height: 100dvh; max-height: none; margin: 0; border: 0;
  border-right: 1px solid var(--line); overflow-y: auto; overscroll-behavior: contain; padding: .5rem 1rem 3rem; font-size: .92rem;
  color: inherit; background: var(--paper); }
nav::backdrop { background: #0006; }
nav .menu { margin-bottom: .6rem; }
nav a { display: block; padding: .3rem .6rem; border-radius: 5px; color: inherit; text-decoration: none; line-height: 1.35; }
nav a:hover { color: var(--accent); text-decoration: underline; }
nav a[aria-current] { background: var(--field); color: var(--accent); }
nav .group { font-weight: 600; margin-top: .8rem; }
main { padding: 1.5rem 1rem 5rem; min-width: 0; }
article { border-top: 1px solid var(--line); padding: 1.8rem 0 2.2rem; }
.route { margin: .3rem 0 .6rem; }
.route code { background: none; padding: 0; font-size: .95em; }
.route b { font: 700 .86em var(--mono); }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }
.split { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.2rem; }
.code { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem; align-content: start; }
figure { margin: 0; background: var(--field); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figcaption { display: flex; justify-content: space-between; align-items: center; min-height: 2.4rem; padding: 0 .4rem 0 1rem;
  font-size: .8rem; color: var(--soft); border-bottom: 1px solid var(--line); }
.copy { min-height: 1.75rem; padding: 0 .6rem; color: var(--ink); }
.fields > li { border-top: 1px solid var(--line); padding: .55rem 0; }
.fields > li:first-child { border-top: 0; }
.fields p { margin: .1rem 0 0; }
.name { font-weight: 650; background: none; padding: 0; }
.must { color: var(--delete); font-size: .85em; font-weight: 500; }
details { margin-top: .4rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9em; width: fit-content; }
details > .fields { border-left: 2px solid var(--line); padding-left: .9rem; margin-top: .3rem; }
.codes > li { padding: .25rem 0; }
.codes span { display: inline-block; min-width: 2.6rem; color: var(--soft); }
.error { border-top: 1px solid var(--line); padding: .9rem 0; margin-top: 0; }
.error h3 { font-size: 1rem; }
.error .soft { font-weight: 400; font-size: .9rem; }
.message { border-top: 1px dashed var(--line); margin-top: 1.4rem; padding-top: .4rem; }
.message h4 { font-size: .95rem; margin-top: .6rem; }
:target > h2, :target > h3, .message:target > h4 { color: var(--accent); }
@media (min-width: 62rem) {
  html { scroll-padding-top: 1rem; }
  body { display: grid; grid-template-columns: 18rem minmax(0, 1fr); grid-template-rows: auto 1fr; }
  .menu { display: none; }
  header { grid-area: 1 / 1; border-bottom: 0; border-right: 1px solid var(--line); }
  nav, nav[popover] { display: block; position: sticky; inset: auto; top: var(--bar); grid-area: 2 / 1; align-self: start; width: auto;
    height: calc(100dvh - var(--bar)); }
  .searching nav { visibility: hidden; }
  #results { right: auto; width: 18rem; height: calc(100dvh - var(--bar)); max-height: none; border: 0; border-right: 1px solid var(--line); box-shadow: none; }
  main { grid-area: 1 / 2 / 3 / 3; padding: 2.2rem 3rem 6rem; max-width: 58rem; }
}
@media (min-width: 84rem) {
  main { max-width: 88rem; }
  .split { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 3rem; }
  .code { position: sticky; top: 1rem; align-self: start; }
  .code pre { max-height: calc(50dvh - 4rem); }
}
@media print { header, nav, nav[popover], .copy { display: none; } article { break-inside: avoid; } pre { max-height: none; white-space: pre-wrap; } }
`;
