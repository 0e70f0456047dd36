import { literal, type SlurpedPart, type StreamedPart } from './part.ts'

/** A file as it is read in one group. */
export interface FileCode {
  /** Defines the function `fNUMBER()`, and what it calls. */
  readonly code: string
  /** Statements that make the next frame tell everything about it. */
  readonly forget: string
}

const forgetTakes = (parts: readonly { readonly number: number }[]): string =>
  parts.map(({ number }) => `N[${number}]=-1;`).join('')

const allGone = (parts: readonly { readonly number: number }[]): string =>
  parts.map(({ number }) => `gone(${number})`).join(';')

/**
 * Reads the file as one text. Where that is the text that it held before, as with most idle devices, nothing else is done.
 * `TNUMBER` is that text, "" where there is none to read.
 */
export const slurped = (f: number, path: string, parts: readonly SlurpedPart[]): FileCode => {
  const held = `T${f}`
  const forget = parts.map((part) => part.forget).join('')
  const call = (when: SlurpedPart['when']): string =>
    parts.flatMap((part) => (part.when === when ? [`t${part.number}(n)`] : [])).join(';')
  const cut = parts.some(({ lines }) => lines) ? 'n=cut();' : ''
  const always = call('always')
  const look =
    always === ''
      ? `if(T!=${held}){${held}=T;${cut}${call('changed')}}`
      : `${cut}if(T!=${held}){${held}=T;${call('changed')}};${always}`
  return {
    code: `${parts.map(({ code }) => code).join('\n')}
function f${f}(n){if(!slurp(${literal(path)})){if(${held}!=""){${held}="";${forget}${allGone(parts)}};return}
${look}}`,
    forget: `${held}="-";${forget}${forgetTakes(parts)}`,
  }
}

/** Reads the file line by line and keeps none of it: for files that may be long, and are read seldom. */
export const streamed = (f: number, path: string, parts: readonly StreamedPart[]): FileCode => {
  const last = parts.every(({ single }) => single)
    ? `if(${parts.map(({ number }) => `j${number}`).join('&&')})break;`
    : ''
  const begin = parts.map(({ number, begin }) => `j${number}=0;${begin === '' ? '' : `${begin};`}`).join('')
  const end = parts.map(({ number }) => `if(N[${number}]!=j${number})end(${number},j${number})`).join(';')
  return {
    code: `function f${f}(g,s,k,x,y){g=${literal(path)};RS=NL;if((s=(getline<g))<0){close(g);RS=S;${allGone(parts)};return}
${begin}while(s>0){${parts.map(({ code }) => code).join('\n')}
${last}s=(getline<g)};close(g);RS=S;${end}}`,
    forget: forgetTakes(parts),
  }
}
