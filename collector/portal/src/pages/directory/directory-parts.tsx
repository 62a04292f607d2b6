import { Autocomplete, Fieldset, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { SITE_CLASSES } from '@tillwatch/shared/api'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DirectoryView } from '../../api.ts'
import { nowMs } from '../../now.ts'
import { suggestCode } from '../../suggest-code.ts'
import { zoneChoices } from '../../zones.ts'
import type { DirectoryDraft, DraftField } from './directory-draft.ts'

type Part = 'client' | 'legal' | 'site' | 'terminal'

/** What every part of the form gets. */
export interface PartsProps {
  readonly draft: DirectoryDraft
  readonly view: DirectoryView
  readonly errorOf: (field: DraftField) => string | null
  readonly remark: (field: string) => string | null
  readonly set: (part: Part, values: Record<string, string>) => void
}

function Named({
  part,
  draft,
  errorOf,
  set,
  codeLocked,
}: PartsProps & { part: 'client' | 'site' | 'terminal'; codeLocked: boolean }) {
  const { t } = useTranslation()
  const values = draft[part]
  const rename = (name: string) => {
    const follows = !codeLocked && (values.code === '' || values.code === suggestCode(values.name))
    set(part, follows ? { name, code: suggestCode(name) } : { name })
  }
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <TextInput
        label={t('directory.name')}
        required
        maxLength={200}
        value={values.name}
        onChange={event => rename(event.currentTarget.value)}
        error={errorOf(`${part}.name`)}
      />
      <TextInput
        label={t('directory.code')}
        required
        maxLength={64}
        disabled={codeLocked}
        description={codeLocked ? null : t('directory.codeHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={values.code}
        onChange={event => set(part, { code: event.currentTarget.value })}
        error={errorOf(`${part}.code`)}
      />
    </SimpleGrid>
  )
}

const NEW = '+'

/** Chosen from the known ones, or a new one. */
export function ClientPart(props: PartsProps) {
  const { t } = useTranslation()
  const { view, draft, set } = props
  const known = view.directory.clients.some(client => client.code === draft.client.code)
  const choose = (value: string | null) => {
    const client = view.directory.clients.find(each => each.code === value)
    set('client', client ? { code: client.code, name: client.name } : { code: '', name: '' })
  }
  return (
    <Fieldset legend={t('directory.client')}>
      <Stack gap="sm">
        {view.directory.clients.length > 0 ? (
          <Select
            aria-label={t('directory.clientChoose')}
            searchable
            allowDeselect={false}
            value={known ? draft.client.code : NEW}
            onChange={choose}
            data={[
              { value: NEW, label: `+ ${t('directory.clientNew')}` },
              ...view.directory.clients.map(client => ({ value: client.code, label: client.name })),
            ]}
          />
        ) : null}
        <Named {...props} part="client" codeLocked={known} />
      </Stack>
    </Fieldset>
  )
}

/** Place, zone, hours and who to call. */
export function SitePart(props: PartsProps) {
  const { t } = useTranslation()
  const { draft, view, set, errorOf, remark } = props
  const { site } = draft
  const zones = useMemo(() => zoneChoices(nowMs(), site.timezone), [site.timezone])
  const known = view.directory.sites.some(each => each.code === site.code)
  const [wasKnown] = useState(known)
  return (
    <Fieldset legend={t('directory.site')}>
      <Stack gap="sm">
        <Named {...props} part="site" codeLocked={wasKnown} />
        <TextInput
          label={t('directory.address')}
          required
          maxLength={400}
          value={site.address}
          onChange={event => set('site', { address: event.currentTarget.value })}
          error={errorOf('site.address') ?? remark('address')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label={t('directory.zone')}
            searchable
            allowDeselect={false}
            limit={60}
            nothingFoundMessage={t('directory.zoneEmpty')}
            value={site.timezone}
            onChange={value => set('site', { timezone: value ?? site.timezone })}
            data={zones}
            error={remark('timezone')}
          />
          <Select
            label={t('directory.class')}
            description={t('directory.classHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            allowDeselect={false}
            value={site.class}
            onChange={value => set('site', { class: value ?? '' })}
            data={[{ value: '', label: t('directory.classNone') }, ...SITE_CLASSES]}
          />
        </SimpleGrid>
        <TextInput
          label={t('directory.hours')}
          description={t('directory.hoursExample')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          maxLength={400}
          value={site.hours}
          onChange={event => set('site', { hours: event.currentTarget.value })}
          error={remark('hours')}
        />
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {(['region', 'city', 'provider'] as const).map(field => (
            <TextInput
              key={field}
              label={t(`directory.${field}`)}
              maxLength={100}
              value={site[field]}
              onChange={event => set('site', { [field]: event.currentTarget.value })}
            />
          ))}
        </SimpleGrid>
        <TextInput
          label={t('directory.contact')}
          maxLength={400}
          value={site.contact}
          onChange={event => set('site', { contact: event.currentTarget.value })}
        />
        <Textarea
          label={t('directory.access')}
          autosize
          maxRows={6}
          maxLength={1000}
          value={site.access}
          onChange={event => set('site', { access: event.currentTarget.value })}
        />
      </Stack>
    </Fieldset>
  )
}

/** Whose registers they are before the law. */
export function LegalPart({ draft, set, errorOf }: PartsProps) {
  const { t } = useTranslation()
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <TextInput
        label={t('directory.name')}
        required
        value={draft.legal.name}
        onChange={event => set('legal', { name: event.currentTarget.value })}
        error={errorOf('legal.name')}
      />
      <TextInput
        label={t('directory.inn')}
        required
        inputMode="numeric"
        value={draft.legal.inn}
        onChange={event => set('legal', { inn: event.currentTarget.value.trim() })}
        error={errorOf('legal.inn')}
      />
      <TextInput
        label={t('directory.kpp')}
        inputMode="numeric"
        value={draft.legal.kpp}
        onChange={event => set('legal', { kpp: event.currentTarget.value.trim() })}
        error={errorOf('legal.kpp')}
      />
    </SimpleGrid>
  )
}

/** The till PC, its agent and whose registers it drives. */
export function TerminalPart(props: PartsProps) {
  const { t } = useTranslation()
  const { draft, view, set, errorOf, remark } = props
  const [wasKnown] = useState(() => view.directory.terminals.some(each => each.code === draft.terminal.code))
  const inns = view.directory.legal_entities
    .filter(entity => entity.client === draft.client.code)
    .map(entity => entity.inn)
  return (
    <Stack gap="sm">
      <Named {...props} part="terminal" codeLocked={wasKnown} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Autocomplete
          label={t('directory.agent')}
          description={t('directory.agentHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          maxLength={63}
          value={draft.terminal.agent}
          onChange={agent => set('terminal', { agent })}
          data={view.agents.filter(agent => agent.terminal === null && !agent.revoked).map(agent => agent.id)}
          error={remark('agent')}
        />
        <Autocomplete
          label={t('directory.terminalInn')}
          inputMode="numeric"
          value={draft.terminal.inn}
          onChange={inn => set('terminal', { inn: inn.trim() })}
          data={[...new Set(inns)]}
          error={errorOf('terminal.inn') ?? remark('inn')}
        />
      </SimpleGrid>
    </Stack>
  )
}
