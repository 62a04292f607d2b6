import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { registerWithPackets } from './testing.ts'
import { packetOf } from './v3-packets.ts'

/** Status of the first packet that answers. */
const status = (packets: { payload: number[] }[]) => packets[0]?.payload[0]
const ADD_45 = (taskId: number, flags = 1) => `C1 0${flags} ${taskId.toString(16).padStart(2, '0')} 0000 45`

describe('the task buffer', () => {
  test('five tasks at least are kept until they are acknowledged; then there is room again', () => {
    const host = registerWithPackets()
    for (const id of [1, 2, 3, 4, 5]) expect(status(host.packet(ADD_45(id)))).toBe(0xa3)
    expect(status(host.packet(ADD_45(6)))).toBe(0xb1)
    expect(status(host.packet('C2 01'))).toBe(0xa3)
    expect(status(host.packet(ADD_45(6)))).toBe(0xa3)
    expect(status(host.packet(ADD_45(6)))).toBe(0xb2)
  })

  test('an acknowledged task is unknown, and so is one that never was', () => {
    const host = registerWithPackets()
    host.packet(ADD_45(1))
    expect([host.packet('C2 01'), host.packet('C2 01'), host.packet('C3 01')].map(status)).toEqual([0xa3, 0xb3, 0xb3])
  })

  test('a task that failed stops those behind it, except those that ignore errors, until it is acknowledged', () => {
    const host = registerWithPackets({ quirks: { errors: { 'A4 20': '66' } } })
    expect(host.packet('C1 01 07 0000 A420')[0]?.payload).toEqual([0xa4, 0x55, 0x66, 0])
    expect(host.packet(ADD_45(8))[0]?.payload).toEqual([0xa5, 7])
    expect(status(host.packet(ADD_45(8, 3)))).toBe(0xa3)
    host.packet('C2 07')
    expect(status(host.packet(ADD_45(9)))).toBe(0xa3)
  })

  test('a result that nobody wants is not kept', () => {
    const host = registerWithPackets()
    expect(host.packet(ADD_45(1, 0))[0]?.payload).toEqual([0xa3])
    expect(status(host.packet('C3 01'))).toBe(0xb3)
  })

  test('a result comes unasked once, after its delay, and can be asked for', async () => {
    const host = registerWithPackets({ quirks: { results: 'pushed' }, faults: { delay_ms: 300 } })
    expect(host.packet(ADD_45(1))).toMatchObject([{ payload: [0xa1] }])
    expect(status(host.packet('C3 01'))).toBe(0xa1)
    expect(status(host.packet('C2 01'))).toBe(0xa1)
    await host.clock.advance(300)
    expect(host.takePackets()).toEqual([{ id: 0xf0, payload: [0xa6, 1, 0x55, 0, 0] }])
    expect(host.packet('C3 01')[0]?.payload).toEqual([0xa3, 0x55, 0, 0])
  })

  test('a task that runs for another program makes ours wait', () => {
    const host = registerWithPackets({ quirks: { waiting: 'A8', pos_tasks: [{ id: 1, state: 'running' }] } })
    expect(status(host.packet(ADD_45(2)))).toBe(0xa8)
    host.register.update({ quirks: { pos_tasks: [] } })
    expect(status(host.packet('C3 02'))).toBe(0xa3)
  })

  test.each([
    ['an unknown command of the buffer', 'C9'],
    ['a task id over DF', 'C1 01 E0 0000 45'],
    ['a task without a command', 'C1 01 01 0000'],
    ['an acknowledgement of nothing', 'C2'],
  ])('%s is B4, and no command was received', (_, payload) => {
    const host = registerWithPackets()
    expect(status(host.packet(payload))).toBe(0xb4)
    expect(host.register.log).toEqual([])
  })
})

describe('what a host must never do', () => {
  test('an abort is counted and clears nothing', () => {
    const host = registerWithPackets()
    host.packet(ADD_45(1))
    expect(status(host.packet('C4'))).toBe(0xb4)
    expect(status(host.packet('C3 01'))).toBe(0xa3)
    expect(() => host.register.assertReadOnly()).toThrow('1 forbidden commands: C4')
  })

  test('an acknowledgement of another program’s task is counted and takes nothing away', () => {
    const host = registerWithPackets({ quirks: { pos_tasks: [{ id: 1, state: 'finished' }] } })
    expect(status(host.packet('C2 01'))).toBe(0xb3)
    expect(status(host.packet('C3 01'))).toBe(0xa3)
    expect(() => host.register.assertReadOnly()).toThrow('1 forbidden commands: C2')
  })

  test.each(['48', '47', '50', '56', '59', '5A', '67', '6B', 'A6', 'A7', 'CE', 'A4 35', 'A4 02', '4A', '8D'])(
    'command %s is counted and refused',
    command => {
      const host = registerWithPackets()
      expect(host.ask(command)).toEqual([0x55, 0x7a, 0])
      expect(host.register.log).toMatchObject([{ opcode: command, forbidden: true, answer_code: '7A' }])
    },
  )

  test('every command outside the table is forbidden', () => {
    const byte = (code: number) => code.toString(16).padStart(2, '0').toUpperCase()
    const all = Array.from({ length: 256 }, (_, code) => byte(code)).flatMap(code =>
      code === 'A4' ? Array.from({ length: 256 }, (_, sub) => `A4 ${byte(sub)}`) : [code],
    )
    const host = registerWithPackets()
    for (const command of all) host.ask(command)
    const allowed = host.register.log.filter(entry => !entry.forbidden).map(entry => entry.opcode)
    const drive = ['10', '20', '30', '31', '32', '33', '42'].map(sub => `A4 ${sub}`)
    expect(new Set(allowed)).toEqual(new Set(['3F', '45', '91', '9D', ...drive, 'A5']))
  })
})

describe('the line', () => {
  const CONVERSATION = [
    ...packetOf(1, [0xc1, 1, 2, 0, 0, 0x3f]),
    0x00,
    0xfe,
    0x05,
    ...packetOf(2, [0xc2, 2], 0xff),
    ...packetOf(2, [0xc2, 2]),
    ...packetOf(3, [0xc1, 1, 3, 0, 0, 0xa4, 0x30]),
    ...packetOf(3, []),
  ]

  test('the device gives the same bytes however the host’s are cut', () => {
    const state = { register: { clock_at: '2026-11-22T12:30' } }
    const whole = registerWithPackets(state).send(...CONVERSATION)
    expect(whole.length).toBeGreaterThan(80)
    fc.assert(
      fc.property(fc.array(fc.nat(CONVERSATION.length)), cuts => {
        const { line, take } = registerWithPackets(state)
        const edges = [...cuts, 0, CONVERSATION.length].sort((a, b) => a - b)
        for (const [index, edge] of edges.entries())
          line.receive(Uint8Array.from(CONVERSATION.slice(edge, edges[index + 1] ?? edge)))
        expect(take()).toEqual(whole)
      }),
    )
  })

  test('a packet whose rest never comes is forgotten after the byte time-out', async () => {
    const host = registerWithPackets()
    host.send(...packetOf(1, [0xc2, 9]).slice(0, 5))
    await host.clock.advance(500)
    expect(host.send(0xc2, 0x09, 0x00)).toEqual([])
  })

  test('frames that are lost, doubled, joined or written byte by byte', () => {
    const lost = registerWithPackets({ quirks: { lose_every: 2 } })
    expect([lost.packet('C3 01'), lost.packet('C3 01'), lost.packet('C3 01')].map(each => each.length)).toEqual([
      1, 0, 1,
    ])
    expect(registerWithPackets({ quirks: { duplicate_every: 1 } }).packet('C3 01')).toHaveLength(2)
    const joined = registerWithPackets({ quirks: { joined_writes: true, results: 'pushed' } })
    expect(joined.packet(ADD_45(1))).toHaveLength(2)
    const single = registerWithPackets({ quirks: { one_byte_writes: true } })
    single.line.receive(packetOf(1, [0xc3, 1]))
    expect(single.writes.every(write => write.length === 1)).toBe(true)
  })

  test('two frames that follow one another leave in one write only when told so', () => {
    for (const [joined_writes, writes] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const host = registerWithPackets({ quirks: { joined_writes, results: 'pushed' } })
      host.line.receive(packetOf(1, [0xc1, 1, 2, 0, 0, 0x45]))
      expect(host.writes).toHaveLength(writes)
    }
  })

  test('faults: damaged and cut answers, packets called damaged, commands met with silence', () => {
    const bad = registerWithPackets({ faults: { bad_checksum_every: 2 } })
    expect([bad.packet('C3 01'), bad.packet('C3 01')].map(each => each.length)).toEqual([1, 0])
    expect(registerWithPackets({ faults: { cut_every: 1 } }).packet('C3 01')).toEqual([])
    expect(registerWithPackets({ faults: { nak_every: 1 } }).packet(ADD_45(1))).toEqual([{ id: 1, payload: [] }])
    const silent = registerWithPackets({ faults: { silence_every: 1 } })
    expect(silent.packet(ADD_45(1))).toEqual([])
    expect(silent.register.log).toMatchObject([{ opcode: '45', answer_code: null }])
    expect(registerWithPackets({ register: { link: 'silent' } }).packet('C3 01')).toEqual([])
  })

  test('bytes of other protocols harm nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
        const host = registerWithPackets()
        // What begins like a packet here has a checksum that fits by chance once in 256 times: left out.
        host.line.receive(noise.map(byte => (byte === 0xfe ? 0x7e : byte)))
        expect(host.take()).toEqual([])
        expect(host.register.log).toEqual([])
      }),
    )
  })
})
