// What other implementations say: reads one job as JSON from standard input, writes one answer.
//
// Nothing is fetched: contexts come from the project's folder, every other document and the time
// from the job.

import {readFileSync} from 'node:fs';

const FOLDER = new URL('../../contexts/', import.meta.url);
const contexts = new Map(
  JSON.parse(readFileSync(new URL('manifest.json', FOLDER))).contexts
    .map(({url, file}) => [url, JSON.parse(readFileSync(new URL(file, FOLDER)))]));

const job = JSON.parse(readFileSync(0));

// The status list library asks the system for the time.
if(job.now) {
  const now = Date.parse(job.now);
  const SystemDate = Date;
  globalThis.Date = class extends SystemDate {
    constructor(...given) {
      super(...(given.length ? given : [now]));
    }

    static now() {
      return now;
    }
  };
}

function documentOf(url) {
  const found = contexts.get(url) ?? job.contexts?.[url] ?? job.documents?.[url];
  if(found) {
    return found;
  }
  // A verification method is a part of its controller's document.
  const [base] = url.split('#');
  const controller = job.documents?.[base] ?? didKeyDocument(base);
  if(!controller) {
    throw new Error(`${url} was not handed over`);
  }
  if(base === url) {
    return controller;
  }
  const method = controller.verificationMethod.find(({id}) => id === url);
  if(!method) {
    throw new Error(`${base} does not list ${url}`);
  }
  return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
}

function didKeyDocument(did) {
  if(!did.startsWith('did:key:')) {
    return undefined;
  }
  const publicKeyMultibase = did.slice('did:key:'.length);
  const id = `${did}#${publicKeyMultibase}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase}],
    assertionMethod: [id],
    authentication: [id],
  };
}

const documentLoader = async url => (
  {contextUrl: null, documentUrl: url, document: documentOf(url), tag: 'static'});

function reasonOf(error) {
  const inner = error?.errors?.map(reasonOf) ?? [];
  return [error?.message ?? String(error), ...inner].join(': ');
}

const actions = {
  // One verdict per credential; each proof is checked by the suite that it names.
  async verify({credentials}) {
    const vc = await import('@digitalbazaar/vc');
    const bitstringStatusList = await import('@digitalbazaar/vc-bitstring-status-list');
    const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
    const rdfc = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
    const jcs = await import('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
    const suite = [rdfc.cryptosuite, jcs.createVerifyCryptosuite()]
      .map(cryptosuite => new DataIntegrityProof({cryptosuite}));
    const verdicts = [];
    for(const credential of credentials) {
      const result = await vc.verifyCredential({
        credential, suite, documentLoader, now: new Date(),
        checkStatus: bitstringStatusList.checkStatus,
      });
      verdicts.push({
        verified: result.verified,
        reason: result.verified ? null : reasonOf(result.error),
        status: result.statusResult?.results?.map(({status}) => status),
      });
    }
    return verdicts;
  },

  async sign({credential, cryptosuite, key, created}) {
    const vc = await import('@digitalbazaar/vc');
    const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
    const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
    const rdfc = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
    const jcs = await import('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
    const pair = await Ed25519Multikey.from(
      {'@context': 'https://w3id.org/security/multikey/v1', type: 'Multikey', ...key});
    const suite = new DataIntegrityProof({
      signer: pair.signer(), date: created,
      cryptosuite: cryptosuite === 'eddsa-jcs-2022' ?
        jcs.createSignCryptosuite() : rdfc.cryptosuite,
    });
    return vc.issue({credential, suite, documentLoader, now: new Date()});
  },

  // The canonical N-Quads of each document, null where it is refused.
  async canonize({documents}) {
    const {default: jsonld} = await import('jsonld');
    const answers = [];
    for(const document of documents) {
      try {
        answers.push(await jsonld.canonize(document, {
          algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader,
          safe: true, base: null, rdfDirection: 'i18n-datatype',
        }));
      } catch(error) {
        answers.push(null);
      }
    }
    return answers;
  },

  // The expanded form of each document; safe mode refuses what would be dropped.
  async expand({documents}) {
    const {default: jsonld} = await import('jsonld');
    return Promise.all(documents.map(
      document => jsonld.expand(document, {documentLoader, safe: true, base: null})));
  },

  // What each token says, null where it is refused.
  async verifyTokens({tokens, jwk, jwks, options}) {
    const jose = await import('jose');
    const key = jwk ? await jose.importJWK(jwk, options.algorithms[0]) :
      jose.createLocalJWKSet(jwks);
    const answers = [];
    for(const token of tokens) {
      try {
        const {payload, protectedHeader} = await jose.jwtVerify(
          token, key, {...options, currentDate: new Date()});
        answers.push({payload, protectedHeader});
      } catch(error) {
        answers.push(null);
      }
    }
    return answers;
  },

  // What each webhook says, null where its signature is refused.
  async verifyWebhooks({webhooks, secret}) {
    const {Webhook} = await import('standardwebhooks');
    const webhook = new Webhook(secret);
    return webhooks.map(({body, headers}) => {
      try {
        return webhook.verify(body, headers);
      } catch {
        return null;
      }
    });
  },

  // What an entity's metadata comes to in each federation, null where no chain to the anchor is found.
  async resolveFederations({entity, anchor, federations}) {
    const {resolveTrustChains} = await import('@openid-federation/core');
    const jose = await import('jose');
    const answers = [];
    for(const documents of federations) {
      globalThis.fetch = async address => {
        const url = new URL(address);
        url.searchParams.delete('iss'); // no longer part of the request, and sent all the same
        const statement = documents[url.toString()];
        return statement ?
          new Response(statement, {headers: {'content-type': 'application/entity-statement+jwt'}}) :
          new Response('', {status: 404});
      };
      try {
        const [chain] = await resolveTrustChains({
          entityId: entity,
          trustAnchorEntityIds: [anchor],
          verifyJwtCallback: async ({jwt, jwk}) => {
            const {alg} = jose.decodeProtectedHeader(jwt);
            return jose.compactVerify(jwt, await jose.importJWK(jwk, alg)).then(
              () => true, () => false);
          }
        });
        answers.push(chain?.resolvedLeafMetadata ?? null);
      } catch(error) {
        answers.push(null);
      }
    }
    return answers;
  },

  // One token per header, payload and key.
  async signTokens({tokens}) {
    const jose = await import('jose');
    return Promise.all(tokens.map(async ({header, payload, key}) =>
      new jose.SignJWT(payload).setProtectedHeader(header)
        .sign(await jose.importJWK(key, header.alg))));
  },
};

let answer;
try {
  answer = {answer: await actions[job.action](job)};
} catch(error) {
  answer = {error: reasonOf(error)};
}
process.stdout.write(JSON.stringify(answer));
