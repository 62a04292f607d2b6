import type { FactState } from '@tillwatch/rules'
import type { FactName } from '@tillwatch/shared'
import type { IncidentCategory } from '@tillwatch/shared/api'
import { factName } from '@tillwatch/shared/words'
import { valueText } from '../incidents/value-text.ts'
import type { Language } from './incident-record.ts'

/** What a support line asks for first, by the part of the till that an incident is about. */
const ASKED: Readonly<Partial<Record<IncidentCategory, readonly FactName[]>>> = {
  ofd: [
    'fiscal.ofd.unsent_documents',
    'fiscal.ofd.first_unsent_document',
    'fiscal.ofd.first_unsent_at',
    'fiscal.ofd.last_connection_at',
    'fiscal.ofd.error',
    'fiscal.register.ofd_name',
    'fiscal.register.ofd_channel',
    'fiscal.ofd.contract_until',
  ],
  fiscal_drive: [
    'fiscal.fn.valid_until',
    'fiscal.fn.phase',
    'fiscal.fn.flags',
    'fiscal.fn.last_document',
    'fiscal.fn.documents_left',
    'fiscal.fn.registrations_left',
    'fiscal.fn.exhausted_at',
    'fiscal.ofd.unsent_documents',
  ],
  register: [
    'fiscal.register.mode',
    'fiscal.register.error',
    'fiscal.register.can_sell',
    'fiscal.register.paper',
    'fiscal.register.cover',
    'fiscal.shift.state',
    'fiscal.shift.number',
    'fiscal.shift.opened_at',
    'fiscal.fn.last_document_at',
  ],
  connection: [
    'fiscal.register.link',
    'fiscal.register.mode',
    'fiscal.fn.last_document_at',
    'host.boot_at',
    'host.antivirus',
    'agent.outbox.messages',
  ],
  workstation: [
    'host.disk.volume',
    'host.disk.free_bytes',
    'host.disk.total_bytes',
    'host.disk.full_at',
    'host.clock.skew_ms',
    'host.clock.source',
    'host.clock.synchronised',
    'host.boot_at',
  ],
  setup: [
    'config.drift',
    'fiscal.register.clock_skew_ms',
    'fiscal.register.ffd',
    'fiscal.register.ofd_name',
    'fiscal.register.inn',
  ],
  program: [
    'host.service.name',
    'host.service.state',
    'host.service.start',
    'egais.utm.link',
    'egais.utm.rsa_valid_until',
    'egais.utm.gost_valid_until',
    'chz.lm.link',
    'chz.lm.status',
    'chz.lm.last_sync_at',
  ],
}

/** Last readings of the item that tell of the fault, as people read them; what was never read is left out. */
export function readingsOf(
  category: IncidentCategory,
  facts: Readonly<Record<string, FactState>>,
  language: Language,
  zone: string,
): readonly string[] {
  return (ASKED[category] ?? []).flatMap(name => {
    const fact = facts[name]
    if (fact === undefined || fact.value === null) return []
    return [`${factName(name, language)}: ${valueText(name, fact.value, language, zone)}`]
  })
}
