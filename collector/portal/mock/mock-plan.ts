import type { FleetRow, ReplacementPlan } from '@tillwatch/shared/api'

type Month = ReplacementPlan['months'][number]
type Register = Month['addresses'][number]['registers'][number]

function registerOf(row: FleetRow, index: number): Register {
  const byDocuments = row.timeToStop?.reason === 'fn_documents'
  const exhausted = byDocuments ? (row.timeToStop?.at.slice(0, 10) ?? null) : null
  const ends = exhausted ?? row.fnValidUntil
  return {
    itemId: row.itemId ?? '',
    agentId: row.agentId,
    model: row.model,
    serial: row.serial,
    fnSerial: row.fnValidUntil ? `996044030${String(1_112_233 + index)}` : null,
    terminal: row.terminal?.name ?? null,
    client: row.client,
    inn: '7709990008',
    validUntil: row.fnValidUntil,
    exhaustedAt: exhausted,
    endsAt: ends,
    limitedBy: byDocuments ? 'documents' : ends ? 'date' : 'unknown',
    confidence: byDocuments ? 'medium' : ends ? 'high' : null,
    unsentDocuments: row.unsentDocuments,
    lastDocument: 120_000 + index * 311,
    inProgressUntil: null,
  }
}

/** The plan of replacements as the collector would group it. */
export function planOf(rows: readonly FleetRow[], now: number, months: number): ReplacementPlan {
  const horizon = new Date(now)
  horizon.setUTCMonth(horizon.getUTCMonth() + months)
  const today = new Date(now).toISOString().slice(0, 10)
  const byMonth = new Map<string, Map<string, Month['addresses'][number]>>()
  rows.forEach((row, index) => {
    const register = registerOf(row, index)
    const ends = register.endsAt
    if (ends && ends > horizon.toISOString()) return
    const month = !ends ? 'unknown' : ends < today ? 'overdue' : ends.slice(0, 7)
    const groups = byMonth.get(month) ?? new Map()
    byMonth.set(month, groups)
    const address = row.site?.address ?? '—'
    const group = groups.get(address) ?? { address, site: row.site?.name ?? null, client: row.client, registers: [] }
    groups.set(address, group)
    group.registers.push(register)
  })
  const rank = (month: string) => (month === 'overdue' ? '0' : month === 'unknown' ? '9' : month)
  return {
    months: [...byMonth]
      .sort(([one], [other]) => rank(one).localeCompare(rank(other)))
      .map(([month, groups]) => {
        const addresses = [...groups.values()]
        return { month, registers: addresses.reduce((sum, group) => sum + group.registers.length, 0), addresses }
      }),
  }
}
