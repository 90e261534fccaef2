/**
 * How a widget looks inside its shadow root. The page around it sets the `--stet-*` variables and styles `::part(…)`. It is
 * dark where the page itself is: light letters on the white page of a reader who likes it dark could not be read.
 */
export const STYLE = `
:host{display:block;container-type:inline-size;--i:var(--stet-color,#23211d);--a:var(--stet-accent,#1f5f5b);--m:var(--stet-muted,#6a655c)}
@supports(color:light-dark(red,red)){:host{--i:var(--stet-color,light-dark(#23211d,#e6e2da));--a:var(--stet-accent,light-dark(#1f5f5b,#86c5bd));--m:var(--stet-muted,light-dark(#6a655c,#9d978b))}}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
:host([hidden]),[hidden]{display:none}
article{box-sizing:border-box;padding:var(--stet-padding,0);border:var(--stet-border,0);border-radius:var(--stet-radius,0);color:var(--i);background:var(--stet-background,transparent);font:var(--stet-size,1.0625rem)/1.6 var(--stet-font,"Iowan Old Style","Palatino Linotype",Palatino,Georgia,"Noto Serif","DejaVu Serif",serif);overflow-wrap:break-word}
[part=title]{margin:0 0 .25em;font-size:clamp(1.3em,1em + 3cqi,1.9em);line-height:1.18;text-wrap:balance}
[part=meta]{margin:0 0 1.1em;color:var(--m);font:.82em/1.4 var(--stet-ui-font,system-ui,sans-serif)}
[part=status]{margin-inline-start:.8em;font-weight:600}
[data-connection=connected]{color:var(--a)}
[part=missing]{color:var(--m)}
[part=body] :is(h2,h3){margin:1.5em 0 .4em;font-size:1.25em;line-height:1.25}
[part=body] h3{font-size:1.1em}
[part=body]>:first-child{margin-top:0}
p,ul,ol,blockquote,pre{margin:0 0 .9em}
ul,ol{padding-inline-start:1.4em}
li,li p,blockquote p,td,th{unicode-bidi:plaintext}
li p{margin:0 0 .3em}
blockquote{padding-inline-start:1em;border-inline-start:3px solid var(--a);font-style:italic}
a{color:var(--a);text-underline-offset:.16em}
code{font-size:.88em}
pre{overflow-x:auto;padding:.8em 1em;border-radius:6px;background:color-mix(in srgb,currentcolor 7%,transparent)}
.table{overflow-x:auto;margin:0 0 .9em}
table{min-width:100%;border-collapse:collapse;font-size:.94em;line-height:1.4;font-variant-numeric:lining-nums tabular-nums}
th,td{min-width:3.5em;padding:.4em .6em;border-bottom:1px solid color-mix(in srgb,currentcolor 22%,transparent);text-align:start;vertical-align:top}
:is(th,td)>:last-child{margin-bottom:0}
img{max-width:100%;height:auto}
hr{width:4em;margin:1.8em auto;border:0;border-top:3px dotted var(--m)}
[part=body]>:last-child{margin-bottom:0}
@media(prefers-reduced-motion:no-preference){.new{animation:n 1.6s}}
@keyframes n{from{background:color-mix(in srgb,var(--a) 16%,transparent)}}`;
