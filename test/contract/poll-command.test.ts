import { registerPollCommand } from '@tillwatch/agent/commands/poll'
import { systemClock } from '@tillwatch/shared'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'

/** Runs `poll` with the given arguments as main.ts does, against a register in the given state. */
async function runPoll(args: string[], state: object = {}) {
  const register = createRegister({ protocol: 'shtrih-m', state, clock: systemClock })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  const output = { out: '', error: '', exit: -1 }
  const program = new Command().exitOverride()
  registerPollCommand(program, {
    clock: systemClock,
    out: text => {
      output.out += text
    },
    error: text => {
      output.error += text
    },
    exit: code => {
      output.exit = code
    },
  })
  try {
    await program.parseAsync(['poll', ...args.map(arg => (arg === 'PORT' ? port.address : arg))], { from: 'user' })
  } finally {
    await port.close()
  }
  register.assertReadOnly()
  return output
}

test('R6: --json prints every fact with value, time, source and quality, and nothing else', async () => {
  const state = {
    ofd: { unsent_documents: 12, first_unsent_document: 1043, first_unsent_at: '2026-11-19T18:05' },
    quirks: { free_memory_bytes: null },
  }
  const { out, error, exit } = await runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--json'], state)
  expect([exit, error]).toEqual([0, ''])
  const report = JSON.parse(out)
  expect(report.problems).toEqual([])
  expect(report.facts['fiscal.ofd.unsent_documents']).toEqual({
    value: 12,
    at: expect.any(String),
    source: 'register',
    quality: 'good',
  })
  expect(report.facts['fiscal.fn.flags']).toMatchObject({ value: [], quality: 'good', raw: 0 })
  expect(report.facts['fiscal.fn.documents_left']).toMatchObject({
    value: null,
    quality: 'unknown',
    reason: 'command not supported (37)',
  })
})

test('for people it speaks Russian, or English when asked: closed lists in words, units, dates in their order', async () => {
  const state = { fn: { valid_until: '2028-02-14', flags: ['key_resource_ending', 'ofd_timeout'] } }
  const russian = (await runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--lang', 'ru'], state)).out.replaceAll(
    /[\u00a0\u202f]/g,
    ' ',
  )
  expect(russian).toMatch(/Срок действия ФН +14\.02\.2028$/m)
  expect(russian).toMatch(/Связь с ККТ +на связи$/m)
  expect(russian).toMatch(/Фаза жизни ФН +фискальный режим$/m)
  expect(russian).toMatch(/Предупреждения ФН +кончается ресурс ключа, ОФД не отвечает$/m)
  expect(russian).toMatch(/Порт занят опросом +[\d,]+ (мс|с)$/m)
  const english = (await runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--lang', 'en'], state)).out
  expect(english).toMatch(/FN valid until +14 Feb 2028$/m)
  expect(english).toMatch(/FN flags +key resource ending, OFD does not answer$/m)
})

test('a foreign answer is waited for, then dropped, and the register is read', async () => {
  const { out, exit } = await runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--json'], {
    quirks: { foreign_pending_answer: true },
  })
  expect(exit).toBe(0)
  expect(JSON.parse(out).problems).toEqual([])
})

test('a register that does not answer: exit 1, and still JSON', async () => {
  const { out, exit } = await runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--json'], {
    register: { link: 'silent' },
  })
  expect(exit).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    facts: { 'fiscal.register.link': { value: 'silent' } },
    problems: [{ code: 'register.silent' }],
  })
})

test('a line rate that no port knows is wrong use', async () => {
  const asked = runPoll(['--driver', 'shtrih-m', '--port', '/dev/ttyS9', '--baud', '0'])
  await expect(asked).rejects.toMatchObject({ code: 'commander.invalidArgument' })
})

test('a language that nobody wrote is wrong use, told with those there are', async () => {
  const asked = runPoll(['--driver', 'shtrih-m', '--port', 'PORT', '--lang', 'fr'])
  await expect(asked).rejects.toMatchObject({ message: expect.stringContaining('ru, en') as unknown })
})

test.each([
  ['an unknown driver', ['--driver', 'nobody', '--port', 'PORT'], 'shtrih-m'],
  ['a port that is none', ['--driver', 'shtrih-m', '--port', 'tty'], 'COM5'],
  ['a web address', ['--driver', 'shtrih-m', '--port', 'http://localhost:1'], 'tcp'],
])('%s is wrong use: exit 2, told on standard error with what is allowed', async (_title, args, allowed) => {
  const { out, error, exit } = await runPoll(args)
  expect([exit, out]).toEqual([2, ''])
  expect(error).toContain(allowed)
})
