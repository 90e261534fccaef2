/** The names of keys, and the list of keyboard shortcuts. */

/** Keys that are not named by the character that they type. */
export const keyNames = {
  Control: 'Ctrl',
  Alt: 'Alt',
  Shift: 'Shift',
  Enter: 'Enter',
  Escape: 'Esc',
  Tab: 'Tab',
};

export const dialog = {
  title: 'Keyboard shortcuts',
  groups: { history: 'Undo', marks: 'Text', blocks: 'Blocks', tools: 'Document', moving: 'Moving around' },
  /** Between two keys that are pressed one after the other. */
  thenPress: 'then',
  moving: {
    slash: 'Insert a block, at the start of an empty line',
    indent: 'Indent a list item',
    outdent: 'Outdent a list item',
    toolbar: 'Go to the toolbar',
    tableToolbar: 'In a table: go to its toolbar',
    text: 'Return to the text from the toolbar',
    leave: 'Leave the text',
    pastePlain: 'Paste as plain text',
    help: 'Show this list (outside the text)',
  },
};
