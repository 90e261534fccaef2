/**
 * Identifies the user of a viewer's socket. Anybody may connect; with a session, private documents are read with its user's
 * rights. A cookie, which browsers send by themselves, counts only on requests of our own pages.
 */
import type { Socket } from 'socket.io';
import type { ErrorBody } from '../../../../schemas/errors.ts';
import type { Identity } from '../../../ports/access.ts';
import { tokenOfCookies } from '../../access/cookies.ts';
import { type AdmissionPorts, connectError, identify, originAllowed } from '../../access/handshake.ts';

/** Undefined: not signed in. Throws the error that `connect_error` carries. */
export async function identifyViewer(socket: Socket, ports: AdmissionPorts): Promise<Identity | undefined> {
  const { headers, address, auth } = socket.handshake;
  if (ports.isDraining()) throw connectError('draining');
  if (auth.token !== undefined) return await identify(socket, ports);
  const { secure } = ports.peerOf(headers, address);
  const mayIdentify =
    tokenOfCookies(headers.cookie, secure) !== undefined && originAllowed(headers, secure, ports.allowedOrigins);
  if (!mayIdentify) return undefined;
  try {
    return await identify(socket, ports);
  } catch (error) {
    // A session that ended leaves the reader what is public.
    if ((error as { data?: ErrorBody }).data?.code === 'unauthenticated') return undefined;
    throw error;
  }
}
