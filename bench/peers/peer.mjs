// One library of others, at work in a process of its own.
//
// The first line of standard input says what to work on; each further line asks for one round, and
// is answered with how often the work was done and how much processor time that took.

import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

const CONTEXTS = new URL('../../contexts/', import.meta.url);
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

const contexts = new Map(
  JSON.parse(readFileSync(new URL('manifest.json', CONTEXTS))).contexts
    .map(({url, file}) => [url, JSON.parse(readFileSync(new URL(file, CONTEXTS)))]));

function controllerOf(did) {
  const publicKeyMultibase = did.slice('did:key:'.length);
  const id = `${did}#${publicKeyMultibase}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase}],
    assertionMethod: [id],
  };
}

function documentOf(url) {
  if(contexts.has(url)) {
    return contexts.get(url);
  }
  const [did] = url.split('#');
  const controller = controllerOf(did);
  return did === url ? controller : {'@context': MULTIKEY, ...controller.verificationMethod[0]};
}

const documentLoader = async url => (
  {contextUrl: null, documentUrl: url, document: documentOf(url), tag: 'static'});

// The suite is made anew each time, as the libraries' own examples do it.
export async function load(library, key, date) {
  const vc = await import(`@${library}/vc`);
  const {DataIntegrityProof} = await import(`@${library}/data-integrity`);
  const {cryptosuite} = await import(`@${library}/eddsa-rdfc-2022-cryptosuite`);
  const Ed25519Multikey = await import(`@${library}/ed25519-multikey`);
  const pair = await Ed25519Multikey.from({'@context': MULTIKEY, type: 'Multikey', ...key});
  const signer = pair.signer();
  return {
    // The text is read each time: an issuer never signs the same object twice.
    async issue(text) {
      const suite = new DataIntegrityProof({signer, cryptosuite, date});
      return vc.issue({credential: JSON.parse(text), suite, documentLoader});
    },
    async verify(text) {
      const suite = new DataIntegrityProof({cryptosuite});
      const result = await vc.verifyCredential({
        credential: JSON.parse(text), suite, documentLoader,
        checkStatus: async () => ({verified: true}),
      });
      if(!result.verified) {
        throw result.error;
      }
      return result;
    },
  };
}

async function round(work, text, seconds) {
  const began = process.cpuUsage();
  let count = 0;
  let used = 0;
  do {
    await work(text);
    count++;
    const {user, system} = process.cpuUsage(began);
    used = (user + system) / 1e6;
  } while(used < seconds);
  return {count, seconds: used};
}

async function main() {
  const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
  const {library, key, created, unsecured, secured} = JSON.parse((await lines.next()).value);
  const works = await load(library, key, created);
  const said = answer => process.stdout.write(`${JSON.stringify(answer)}\n`);
  // It has to understand what we signed, and we what it signed, or the figures mean nothing.
  await works.verify(secured);
  said(await works.issue(unsecured));
  for await (const line of lines) {
    const {work, seconds} = JSON.parse(line);
    said(await round(works[work], work === 'issue' ? unsecured : secured, seconds));
  }
}

if(process.argv[1] === new URL(import.meta.url).pathname) {
  await main();
}
