/** The look of the reference: one column on phones, navigation beside it where there is room, light and dark. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1d1f21; --soft: #5c6166; --line: #dcdfe2; --paper: #fdfdfc; --field: #f3f4f2;
  --accent: #0b5f55; --get: #1d5fa8; --post: #1f7a3d; --put: #8a5a00; --patch: #6b3fa0; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e3; --soft: #9ba19c; --line: #34393a; --paper: #161818;
  --field: #1f2223; --accent: #6fd0bf; --get: #7fb4ee; --post: #78cf93; --put: #e0b45c; --patch: #c0a2ee; --delete: #f09a92; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: break-word;
  font: 1rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: .06em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: .86em; }
code { background: var(--field); padding: .1em .3em; border-radius: 3px; }
pre { background: var(--field); padding: .9rem 1rem; border-radius: 6px; overflow-x: auto; line-height: 1.5; margin: .5rem 0 0; }
pre code { background: none; padding: 0; font-size: 1em; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.45rem; line-height: 1.3; margin: 3.5rem 0 .4rem; letter-spacing: -.005em; }
h3 { font-size: 1.1rem; line-height: 1.35; margin: 0 0 .2rem; }
h4 { font-size: .8rem; font-weight: 600; color: var(--soft); margin: 1.3rem 0 .3rem; }
h3 a, h2 a { color: inherit; text-decoration: none; }
h3 a:hover, h2 a:hover { text-decoration: underline; }
p { margin: .4rem 0; max-width: 42rem; }
.soft { color: var(--soft); }
.page { display: grid; grid-template-columns: minmax(0, 1fr); }
main { padding: 1.25rem 1.1rem 5rem; width: 100%; max-width: 56rem; }
.bar { position: sticky; top: 0; order: 1; max-width: none; margin: 0; padding: .55rem 1.1rem; background: var(--paper);
  border-bottom: 1px solid var(--line); font-size: .92rem; }
main { order: 2; }
nav { order: 3; border-top: 1px solid var(--line); padding: 1.2rem 1.1rem 3rem; font-size: .92rem; }
nav ul { list-style: none; margin: 0 0 .8rem; padding: 0; }
nav li a { display: block; padding: .28rem 0; color: inherit; text-decoration: none; line-height: 1.35; }
nav li a:hover { color: var(--accent); text-decoration: underline; }
nav .group { font-weight: 600; margin-top: .9rem; }
article { border-top: 1px solid var(--line); padding: 1.6rem 0 1.8rem; }
.route { margin: .1rem 0 .6rem; }
.route code { background: none; padding: 0; font-size: .92em; }
.method { font-weight: 700; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }
dl { margin: .3rem 0 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 0; }
dt { padding-top: .45rem; } dd { margin: 0; padding-bottom: .45rem; border-bottom: 1px solid var(--line); }
dd:last-child { border-bottom: 0; }
dd p { margin: 0; }
.must { color: var(--soft); font-size: .85em; }
.message { border-top: 1px dashed var(--line); margin-top: 1.2rem; padding-top: .4rem; }
.message h4 { font-size: .95rem; }
.message h4 a { color: inherit; text-decoration: none; }
:target > h2, :target > h3, :target > h4 a { color: var(--accent); }
@media (min-width: 40rem) { dl { grid-template-columns: 13rem minmax(0, 1fr); }
  dt, dd { padding: .45rem 0; } dt { padding-right: 1.2rem; } dt { border-bottom: 1px solid var(--line); } dt:last-of-type { border-bottom: 0; } }
@media (min-width: 62rem) { html { scroll-padding-top: 1rem; } .bar { display: none; }
  .page { grid-template-columns: 16.5rem minmax(0, 1fr); }
  nav { order: 1; border: 0; border-right: 1px solid var(--line); position: sticky; top: 0; height: 100vh; overflow-y: auto;
    padding: 1.5rem 1.2rem; } main { padding: 2.2rem 3rem 6rem; } }
@media print { nav, .bar { display: none; } article { break-inside: avoid; } }
`;
