import { describe, expect, it } from 'vitest'
import { createPasswords } from './password.ts'

const CHEAP = { cost: 16, blocks: 8, passes: 1 }

describe('passwords', () => {
  it('are kept with their parameters, salted, and verified by them', async () => {
    const passwords = createPasswords(CHEAP)
    const hash = await passwords.hash('correct horse')
    expect(hash).toMatch(/^scrypt\$16\$8\$1\$[\w-]+\$[\w-]+$/)
    expect(await passwords.hash('correct horse')).not.toBe(hash)
    const later = createPasswords({ cost: 32, blocks: 8, passes: 2 })
    expect(await later.verify('correct horse', hash)).toBe(true)
    expect(await later.verify('wrong horse', hash)).toBe(false)
  })

  it('say no to nobody, and to a damaged hash', async () => {
    const passwords = createPasswords(CHEAP)
    for (const hash of [null, '', 'scrypt$16$8$1$salt$short', 'md5$1$1$1$a$b']) {
      expect(await passwords.verify('anything', hash)).toBe(false)
    }
  })

  it('turn away whoever comes when too many wait', async () => {
    const passwords = createPasswords(CHEAP)
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('correct horse')))
    const refused = outcomes.filter(outcome => outcome.status === 'rejected')
    expect(refused).toHaveLength(60 - 2 - 32)
    expect(refused[0]?.reason).toMatchObject({ code: 'account.busy', retryable: true })
    expect(await passwords.hash('later')).toContain('scrypt')
  })
})
