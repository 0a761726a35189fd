import { Fernet } from '@fernspeak/fernet';
import { serve } from './serve.ts';

let fernet = new Fernet(Fernet.generateKey());

await serve({
  use: (key) => {
    fernet = new Fernet(key);
  },
  seal: (message) => fernet.encrypt(message),
  open: (token) => fernet.decrypt(token),
});
