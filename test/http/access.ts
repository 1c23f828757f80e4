// Access for tests of the server that are about something else.
import { systemClock } from '../../src/clock.ts';
import { Access } from '../../src/http/access.ts';

export const OPEN_TO_ALL = new Access({ token: null, allowedHosts: [], clock: systemClock });
