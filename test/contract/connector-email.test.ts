import { type AddressInfo, createServer } from 'node:net'
import type { Connector } from '@tillwatch/collector/connectors/connector'
import { emailConfig } from '@tillwatch/collector/connectors/email/config'
import { createEmailConnector } from '@tillwatch/collector/connectors/email/connector'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectorContract, deskMessage, good } from './connector.contract.ts'

interface Mail {
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

let server: SMTPServer
let port: number
let mails: Mail[]
let refusal: { code: number; text: string } | null
const signal = new AbortController().signal

beforeAll(async () => {
  process.env['TILLWATCH_TEST_SMTP'] = 'letmein'
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: [],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'letmein' ? done(null, { user: username ?? '' }) : done(new Error('no')),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        if (refusal) return done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
        mails.push(parse(Buffer.concat(chunks).toString('utf8')))
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  port = (server.server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>(resolve => server.close(() => resolve())))
beforeEach(() => {
  mails = []
  refusal = null
})

/** Headers unfolded and decoded, body decoded: enough to see what a desk would see. */
function parse(raw: string): Mail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      words(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  )
  const body = rest.join('\r\n\r\n')
  const encoding = headers['content-transfer-encoding']
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString('utf8') }
  if (encoding === 'quoted-printable') return { headers, text: quoted(body) }
  return { headers, text: body }
}
const quoted = (text: string) =>
  Buffer.from(
    text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
const words = (text: string) =>
  text
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, base64) => Buffer.from(base64, 'base64').toString('utf8'))
    .replace(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, text_) => quoted(text_.replaceAll('_', ' ')))

const FILE = { name: 'журнал кассы.txt', type: 'text/plain', bytes: Buffer.from('строка') }

function never(): never {
  throw new Error('the connector lacks it')
}

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'email',
    name: 'mail',
    host: '127.0.0.1',
    port,
    tls: 'none',
    user: 'bot',
    secret: { env: 'TILLWATCH_TEST_SMTP' },
    from: 'tillwatch@example.test',
    to: ['desk@example.test'],
    ...more,
  }
  return createEmailConnector(emailConfig.parse(settings))
}

connectorContract('e-mail', () => ({
  connector: connect(),
  seen: async key => {
    const mine = mails.filter(mail => mail.headers['x-tillwatch-key'] === key)
    return { tickets: mine.length > 0 ? 1 : 0, texts: mine.map(mail => mail.text) }
  },
}))

describe('a desk by mail', () => {
  it('keeps one thread: same subject, replies to the first mail', async () => {
    const first = deskMessage()
    const ticket = good(await connect().create(first, signal))
    const later = { ...first, title: 'Другое', kind: 'solve' as const, eventId: `${first.eventId}.s` }
    good(await connect().setStatus(ticket, 'solved', later, signal))
    const [opening, closing] = mails
    expect(opening?.headers['subject']).toContain(`[${first.subject.key}]`)
    expect(closing?.headers).toMatchObject({
      subject: opening?.headers['subject'],
      'in-reply-to': opening?.headers['message-id'],
      references: opening?.headers['message-id'],
    })
    expect(closing?.text).toContain('РЕШЕНО')
    expect(opening?.text.trimEnd().endsWith(`[${first.subject.key}]`)).toBe(true)
  })

  it('a text that ends with the key by itself is not given it twice', async () => {
    const first = deskMessage()
    const { key } = first.subject
    good(await connect().create({ ...first, text: `Очередь стоит.\n\n[${key}]` }, signal))
    expect(mails[0]?.text.split(`[${key}]`)).toHaveLength(2)
  })

  it('whatever follows has the subject of the first mail, though the incident got another title meanwhile', async () => {
    const first = deskMessage()
    const ticket = good(await connect().create(first, signal))
    const comment = { ...first, kind: 'comment' as const, eventId: `${first.eventId}.c`, title: 'Другой заголовок' }
    good(await connect().comment(ticket, comment, signal))
    good((await connect().attach?.(ticket, FILE, signal)) ?? never())
    expect(new Set(mails.map(mail => mail.headers['subject'])).size).toBe(1)
  })

  it('a file is a reply of its own: the same Message-ID on every attempt, another in another incident', async () => {
    const tickets = [
      good(await connect().create(deskMessage(), signal)),
      good(await connect().create(deskMessage(), signal)),
    ]
    for (const ticket of [...tickets, ...tickets]) good((await connect().attach?.(ticket, FILE, signal)) ?? never())
    const files = mails.slice(2).map(mail => mail.headers)
    const ids = files.map(headers => headers['message-id'] ?? '')
    expect([ids[0] === ids[2], ids[1] === ids[3], ids[0] === ids[1]]).toEqual([true, true, false])
    expect(ids.every(id => /^<[\x21-\x7e]+@example\.test>$/.test(id))).toBe(true)
    expect(files.map(headers => headers['in-reply-to'])).toEqual([...tickets, ...tickets].map(({ id }) => id))
    expect(connect({ file_max: 0 }).attach).toBeUndefined()
  })

  it('has the same Message-ID on every attempt, another for every event', async () => {
    const first = deskMessage()
    await connect().create(first, signal)
    await connect().create({ ...first, mayHaveArrived: true }, signal)
    await connect().create(deskMessage(), signal)
    const ids = mails.map(mail => mail.headers['message-id'])
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
  })

  it('a title with line breaks adds no header', async () => {
    const title = 'Диск\r\nBcc: thief@example.test\r\n\r\nбеда'
    await connect().create(deskMessage({ title }), signal)
    expect(mails[0]?.headers['bcc']).toBeUndefined()
    expect(mails[0]?.headers['subject']).toContain('Bcc: thief@example.test')
    expect(mails[0]?.text).toContain('Очередь стоит')
  })

  it('a server that never answers does not keep us from stopping', async () => {
    const silent = createServer(() => {})
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port: silentPort } = silent.address() as AddressInfo
    const outcome = await connect({ port: silentPort }).create(deskMessage(), AbortSignal.timeout(100))
    expect(outcome.kind).toBe('unknown')
    silent.close()
  })

  it('says that a robot wrote it, unless the desk ignores such mail', async () => {
    await connect().create(deskMessage(), signal)
    await connect({ auto_headers: false }).create(deskMessage(), signal)
    expect(mails.map(mail => mail.headers['auto-submitted'])).toEqual(['auto-generated', undefined])
  })

  it.each([
    [451, { kind: 'retry', afterMs: 300_000 }],
    [550, { kind: 'rejected', reason: 'invalid' }],
  ])('answer %i is %o', async (code, outcome) => {
    refusal = { code, text: 'not now' }
    expect(await connect().create(deskMessage(), signal)).toMatchObject(outcome)
  })

  it('a wrong password is for a person; nobody listening is a retry; neither shows the password', async () => {
    process.env['TILLWATCH_TEST_SMTP_BAD'] = 'hunter2'
    const wrong = await connect({ secret: { env: 'TILLWATCH_TEST_SMTP_BAD' } }).create(deskMessage(), signal)
    expect(wrong).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    const nobody = await connect({ port: 1 }).create(deskMessage(), signal)
    expect(nobody.kind).toBe('retry')
    expect(JSON.stringify([wrong, nobody])).not.toContain('hunter2')
  })

  it('without an upgrade to TLS nothing is sent when the settings demand it', async () => {
    server.options.disabledCommands = ['STARTTLS']
    server.options.hideSTARTTLS = true
    const outcome = await connect({ tls: 'starttls' }).create(deskMessage(), signal)
    expect(outcome.kind).not.toBe('delivered')
    expect(mails).toEqual([])
  })

  it('over TLS a certificate that nobody vouches for is refused', async () => {
    const outcome = await connect({ tls: 'implicit' }).create(deskMessage(), signal)
    expect(outcome.kind).not.toBe('delivered')
    expect(mails).toEqual([])
  })
})
