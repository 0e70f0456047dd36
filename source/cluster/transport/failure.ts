import { clean } from '../../text/clean.ts'
import { ApiError } from '../api.ts'
import { WayError } from './route.ts'

const advice: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is it running, and is the port right?',
  ETIMEDOUT: 'does not answer: is it on, and does a firewall let this machine through?',
  EHOSTUNREACH: 'cannot be reached from here: check the route, or the VPN',
  ENETUNREACH: 'cannot be reached from here: check the route, or the VPN',
  ECONNRESET: 'broke the connection',
  EPIPE: 'broke the connection',
  ENOTFOUND: 'is no known name: check its spelling, and the name servers',
  EAI_AGAIN: 'was not found, as no name server answers: check /etc/resolv.conf',
}

const tls: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by nobody that the kubeconfig believes: check certificate-authority-data',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by nobody that the kubeconfig believes: check certificate-authority-data',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'is signed by nobody that the kubeconfig believes: check certificate-authority-data',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by nobody that the kubeconfig believes: check certificate-authority-data',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself and not believed: check certificate-authority-data',
  CERT_SIGNATURE_FAILURE: 'is not signed by the authority of the kubeconfig: check certificate-authority-data',
  CERT_HAS_EXPIRED: 'has expired: renew it, or check the clock of this machine',
  CERT_NOT_YET_VALID: 'is not valid yet: check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name: check server, or set tls-server-name',
}

// Alerts by which the other side refuses our certificate (RFC 8446, 6.2).
const refusesOurs =
  /ALERT_(?:CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_REQUIRED|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE|DECRYPT_ERROR)/

/** What no server can do anything about: a header or path that cannot be sent. */
const ours = /^ERR_(?:INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/

/** Codes of certificates that were checked and not believed. */
const isCertificate = (code: string): boolean => code in tls || /CERT|CRL|ISSUER|SIGNATURE/.test(code)

/** An error on the way to the server, in words; `server`: `10.0.0.1:6443`. Nothing of what was sent is in it. */
export const failureOf = (error: unknown, server: string, proxy: URL | undefined): ApiError => {
  if (error instanceof ApiError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const atProxy = error instanceof WayError && error.at === 'proxy'
  const who = atProxy ? `the proxy ${proxy?.host ?? ''}` : `the API server ${server}`
  const say = (reason: ApiError['reason'], what: string): ApiError => new ApiError(reason, clean(what, 500))
  if (ours.test(code))
    return say('credentials', 'a token or name in the kubeconfig holds characters that cannot be sent: mend it')
  if (refusesOurs.test(code))
    return say(
      'credentials',
      `${who} refuses our client certificate (${code}): has it expired, or is it for another cluster?`,
    )
  if (isCertificate(code))
    return say(atProxy ? 'proxy' : 'tls', `the certificate of ${who} ${tls[code] ?? `is not believed (${code})`}`)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return say(
      atProxy ? 'proxy' : 'tls',
      `${who} does not speak TLS as we do (${code}): is the port right, or is something between us?`,
    )
  const what =
    atProxy || code === 'ETIMEDOUT'
      ? `${advice[code] ?? 'failed'} (${message})`
      : (advice[code] ?? `failed (${code || message})`)
  return say(atProxy ? 'proxy' : 'unreachable', `${who} ${what}`)
}
