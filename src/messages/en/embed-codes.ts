/** The codes with which other sites show a document, in the editor. The page that customizes them has its own catalogue (embed.ts). */

export const texts = {
  title: 'Embed',
  lead: 'The document updates on the other page as soon as you publish.',
  script: 'Embed code',
  copyScript: 'Copy code',
  frame: "For sites that don't allow scripts (iframe)",
  copyFrame: 'Copy iframe',
  customize: 'Customize',
  private: 'Only public documents can be embedded. To embed this one, change its visibility to Public.',
};
