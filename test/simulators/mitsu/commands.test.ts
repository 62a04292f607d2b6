import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { registerWithLine } from './testing.ts'

const ask = (query: string, state: RegisterStateInput = {}) => registerWithLine(state).ask(`<GET ${query}/>`)

describe('answers', () => {
  test('the shift: closed, open, over 24 hours', () => {
    expect(ask("INFO='0'")).toBe("<OK SHIFT='41' STATE='1' COUNT='17' KeyValid='445'/>")
    expect(ask("INFO='0'", { shift: { state: 'closed' } })).toContain(" STATE='0' ")
    expect(ask("INFO='0'", { shift: { state: 'expired' } })).toContain(" STATE='9' ")
  })

  test('the drive', () => {
    const fn = { flags: ['ofd_timeout', 'critical_error'], phase: 'archive', last_document_at: '2026-11-22T10:20:30' }
    expect(ask("INFO='FN'", { fn })).toBe(
      "<OK FN='9960440300112233' FFD='1.2' PHASE='0x0F' REG='1|29' VALID='2028-02-14' LAST='1054' DATE='2026-11-22' TIME='10:20' FLAG='0x88'/>",
    )
  })

  test.each([
    ['setup', '0x00'],
    ['ready', '0x01'],
    ['fiscal', '0x03'],
    ['post_fiscal', '0x07'],
    ['archive', '0x0F'],
  ])('phase %s is %s', (phase, code) => expect(ask("INFO='FN'", { fn: { phase } })).toContain(`PHASE='${code}'`))

  test('the queue: empty with an impossible date, or with its first document', () => {
    expect(ask("INFO='OFD'")).toBe("<OK FN='9960440300112233' COUNT='0' FIRST='0' DATE='2000-00-00' TIME='00:00'/>")
    const ofd = { unsent_documents: 3, first_unsent_at: '2026-11-19T18:05:09' }
    expect(ask("INFO='OFD'", { ofd })).toBe(
      "<OK FN='9960440300112233' COUNT='3' FIRST='1052' DATE='2026-11-19' TIME='18:05'/>",
    )
  })

  test('version, model and clock, several in one question', () => {
    const answer = ask("VER='?' DATE='?' TIME='?'", {
      register: { clock_at: '2026-11-22T12:30:15', clock_frozen: true },
    })
    expect(answer).toMatch(/^<OK VER='1\.1\.06' .* SERIAL='065001234567890' .* DATE='2026-11-22' TIME='12:30:15'\/>$/)
    expect(ask("DEV='?'")).toBe("<OK DEV='MITSU-1-F'/>")
    expect(registerWithLine().ask('<GET/>')).toBe("<OK DEV='MITSU-1-F'/>")
  })

  test('the OFD server and who carries the traffic', () => {
    expect(ask("OFD='?'")).toBe("<OK OFD='ofd.example' PORT='7777' CLIENT='0' TimerFN='60' TimerOFD='10'/>")
    expect(ask("OFD='?'", { quirks: { host_attribute: 'ADDR', ofd_client: 'pc' } })).toMatch(
      /^<OK ADDR='ofd.example' .*CLIENT='1'/,
    )
  })

  test('the registration with its names as child tags, escaped', () => {
    const answer = ask("REG='?'", { register: { organisation: 'ООО «А» & <Б>', autonomous: true, ffd: '1.05' } })
    expect(answer).toContain("T1209='2' T1037='0001234567012345' T1018='7701234567' T1017=''")
    expect(answer).toContain("MODE='2' ")
    expect(answer).toContain('<T1046></T1046>')
    expect(ask("REG='?'")).toContain("T1017='7709876543'")
    expect(answer).toContain('><T1048>ООО «А» &amp; &lt;Б&gt;</T1048><T1009>')
    expect(answer).toMatch(/<\/OK>$/)
  })

  test('a drive that is not registered has no shift, no queue and an empty registration', () => {
    const state = { fn: { phase: 'ready' } }
    expect(ask("INFO='0'", state)).toBe("<ERROR No='40' FSE='0x02' PAR='INFO'/>")
    expect(ask("INFO='OFD'", state)).toContain("No='40'")
    expect(ask("REG='?'", state)).toContain(
      "REG='0' FD='0' DATE='2000-00-00' TIME='00:00' BASE='' T1013='065001234567890'",
    )
  })

  test('a drive that fails', () => {
    expect(ask("INFO='FN'", { faults: { fn_absent: true } })).toBe("<ERROR No='69' PAR='INFO'/>")
    expect(ask("INFO='0'", { register: { error: 'fn' } })).toBe("<ERROR No='40' FSE='0x03' PAR='INFO'/>")
    expect(ask("VER='?'", { faults: { fn_absent: true } })).toMatch(/^<OK/)
  })

  test('while it prints it refuses everything', () => {
    expect(ask("INFO='0'", { faults: { printing: true } })).toBe("<ERROR No='95'/>")
  })
})

describe('how a request may be written', () => {
  test.each([
    "<GET INFO='OFD'/>",
    '<GET INFO="OFD" />',
    '<GET INFO=OFD/>',
    "<get info='ofd'/>",
    "<GET INFO='O'></GET>",
  ])('%s', message => expect(registerWithLine().ask(message)).toContain(" COUNT='0' "))
})

describe('how an answer may be written', () => {
  const styled = (quirks: object) => ask("OFD='?'", { quirks })

  test('no blank before the last attribute, a closing tag of its own, other quotes, small letters', () => {
    expect(styled({ missing_space: true })).toContain("TimerFN='60'TimerOFD='10'/>")
    expect(styled({ closing: 'tag' })).toMatch(/TimerOFD='10'><\/OK>$/)
    expect(styled({ closing: 'ANS' })).toMatch(/TimerOFD='10'><\/ANS>$/)
    expect(styled({ double_quotes: true })).toContain('PORT="7777"')
    expect(styled({ lower_case_names: true })).toMatch(/^<ok ofd='ofd.example' port='7777'/)
  })

  test('whole answers and errors on demand', () => {
    expect(styled({ raw_answers: { "GET OFD='?'": '<OK/>' } })).toBe('<OK/>')
    expect(styled({ errors: { "GET OFD='?'": { no: 68, fse: '0x03' } } })).toBe("<ERROR No='68' FSE='0x03'/>")
  })
})

describe('what is forbidden', () => {
  test.each([
    '<OPEN/>',
    "<GET DOC='0'/>",
    "<GET DOC='81'/>",
    "<GET DOC='X:81'/>",
    "<GET REG='1'/><PRINT/>",
    "<GET REG='1' PRINT='1'/>",
    "<GET INFO='1'/>",
    "<GET INFO='4'/>",
    "<GET CASHIER='?'/>",
    "<SET DATE='2026-11-22'/>",
    "<DO SHIFT='OPEN'/>",
    '<REBOOT/>',
  ])('%s is recorded, counted and refused', message => {
    const host = registerWithLine()
    expect(host.ask(message)).toBe("<ERROR No='99'/>")
    expect(host.register.forbidden).toBe(1)
    expect(host.register.log).toMatchObject([{ forbidden: true, answer_code: '99' }])
  })

  test('the printer’s settings are no printing, and noise is no command', () => {
    const host = registerWithLine()
    expect(host.ask("<GET PRINTER='?'/>")).toContain("PAPER='80'")
    host.send([0x05, 0x10, 0x1b, 0x40, 0x0a, 0x18, 0xfe, 0x3c, 0x3e])
    host.register.assertReadOnly()
    expect(host.register.log).toHaveLength(1)
  })

  test('the log has the query as the vendor writes it', () => {
    const host = registerWithLine()
    host.ask('<get info=ofd />')
    host.ask("<GET VER='?' DATE='?'/>")
    expect(host.register.log).toMatchObject([
      { opcode: "GET INFO='ofd'", name: 'OFD queue', forbidden: false, answer_code: '0', password_ok: null },
      { opcode: "GET VER='?' DATE='?'", name: 'version and serial, date' },
    ])
  })
})
