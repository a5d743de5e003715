import { SecretBox } from '../../src/core/auth/secrets.js';

/** Setting with which no test leaves a file behind. */
export const SECRET = 'thirty-two characters or more, so a key';

/** Opens what a gateway with that setting has sealed, and the other way round. */
export const SECRETS = SecretBox.open({ secret: SECRET, file: null });
