/** Socket.IO namespace of the viewer protocol (`schemas/viewer.ts`), for both ends. */
export const VIEWER_NAMESPACE = '/view';
