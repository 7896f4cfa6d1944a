// The least that a signing service can be: Express before the library, and nothing is stored.

import express from 'express';
import {load} from './peer.mjs';

const {library, key, created, port} = JSON.parse(process.argv[2]);
const works = await load(library, key, created);
const app = express();
app.disable('x-powered-by');
app.use(express.text({type: 'application/json', limit: '256kb'}));
app.get('/', (request, response) => response.json({}));
app.post('/credentials/issue', async (request, response) => {
  const {credential} = JSON.parse(request.body);
  response.status(201).json(await works.issue(JSON.stringify(credential)));
});
app.post('/credentials/verify', async (request, response) => {
  const {verifiableCredential} = JSON.parse(request.body);
  await works.verify(JSON.stringify(verifiableCredential));
  response.json({verified: true});
});
app.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
