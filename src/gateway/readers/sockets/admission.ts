/**
 * Who a viewer's socket speaks for. Anybody may come in; a session makes its user known, for what is not public. What a
 * browser sends by itself counts only from our own pages.
 */
import type { Socket } from 'socket.io';
import type { ErrorBody } from '../../../../schemas/errors.ts';
import type { Identity } from '../../../ports/access.ts';
import { tokenOfCookies } from '../../access/cookies.ts';
import { type AdmissionPorts, connectError, identify, originAllowed } from '../../access/handshake.ts';

/** Undefined: nobody that we know. Throws what `connect_error` says. */
export async function identifyViewer(socket: Socket, ports: AdmissionPorts): Promise<Identity | undefined> {
  const { headers, address, auth } = socket.handshake;
  if (ports.isDraining()) throw connectError('draining');
  if (auth.token !== undefined) return await identify(socket, ports);
  const { secure } = ports.peerOf(headers, address);
  const isKnown =
    tokenOfCookies(headers.cookie, secure) !== undefined && originAllowed(headers, secure, ports.allowedOrigins);
  if (!isKnown) return undefined;
  try {
    return await identify(socket, ports);
  } catch (error) {
    // A session that ended makes nobody worse off than a reader without one.
    if ((error as { data?: ErrorBody }).data?.code === 'unauthenticated') return undefined;
    throw error;
  }
}
