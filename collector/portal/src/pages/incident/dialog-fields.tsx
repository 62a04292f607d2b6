import { SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { INCIDENT_CATEGORIES, INCIDENT_KINDS, INCIDENT_TYPES, PENDING_PARTIES } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useAssignees } from '../../queries.ts'
import { UntilField } from '../../widgets/until-field.tsx'
import type { Dialog, Draft } from './dialog-action.ts'

interface FieldsProps {
  readonly dialog: Dialog
  readonly draft: Draft
  readonly onChange: (change: Partial<Draft>) => void
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
}

/** One of a few, all of them in sight. */
function Choice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <div>
      <Text fz="sm" fw={500} mb={4}>
        {label}
      </Text>
      <SegmentedControl
        fullWidth
        orientation="vertical"
        aria-label={label}
        value={value}
        onChange={chosen => onChange(options.find(each => each.value === chosen)?.value ?? value)}
        data={[...options]}
      />
    </div>
  )
}

const PRIORITIES = [1, 2, 3, 4] as const
const LINES = [1, 2, 3] as const

function AssigneeField({ draft, onChange }: Pick<FieldsProps, 'draft' | 'onChange'>) {
  const { t } = useTranslation()
  const names = useAssignees(true).data ?? []
  const known = [...new Set([...names, ...(draft.assignee ? [draft.assignee] : [])])]
  return (
    <Select
      label={t('work.fields.assignee')}
      searchable
      allowDeselect={false}
      value={draft.assignee}
      onChange={value => onChange({ assignee: value ?? '' })}
      data={[{ value: '', label: t('work.fields.nobody') }, ...known.map(name => ({ value: name, label: name }))]}
    />
  )
}

function DiscardFields({ draft, onChange }: Pick<FieldsProps, 'draft' | 'onChange'>) {
  const { t } = useTranslation()
  const reasons = ['cancelled', 'duplicate', 'rejected'] as const
  return (
    <Stack>
      <Choice
        label={t('work.fields.discardAs')}
        value={draft.discardAs}
        options={reasons.map(value => ({ value, label: t(`work.discards.${value}`) }))}
        onChange={discardAs => onChange({ discardAs })}
      />
      {draft.discardAs === 'duplicate' ? (
        <TextInput
          label={t('work.fields.duplicateOf')}
          inputMode="numeric"
          required
          value={draft.duplicateOf}
          onChange={event => onChange({ duplicateOf: event.currentTarget.value })}
        />
      ) : null}
      <TextInput
        type="datetime-local"
        label={t('work.fields.muteUntil')}
        description={t('work.fields.discardHint')}
        value={draft.until}
        onChange={event => onChange({ until: event.currentTarget.value })}
      />
    </Stack>
  )
}

function ClassifyFields({ draft, onChange }: Pick<FieldsProps, 'draft' | 'onChange'>) {
  const { t } = useTranslation()
  return (
    <Stack>
      <Select
        label={t('work.kind')}
        allowDeselect={false}
        value={draft.kind}
        onChange={value => onChange({ kind: INCIDENT_KINDS.find(each => each === value) ?? draft.kind })}
        data={INCIDENT_KINDS.map(value => ({ value, label: t(`work.kinds.${value}`) }))}
      />
      <Select
        label={t('work.type')}
        allowDeselect={false}
        value={draft.type}
        onChange={value => onChange({ type: INCIDENT_TYPES.find(each => each === value) ?? draft.type })}
        data={INCIDENT_TYPES.map(value => ({ value, label: t(`work.types.${value}`) }))}
      />
      <Select
        label={t('work.category')}
        allowDeselect={false}
        value={draft.category}
        onChange={value => onChange({ category: INCIDENT_CATEGORIES.find(each => each === value) ?? draft.category })}
        data={INCIDENT_CATEGORIES.map(value => ({ value, label: t(`work.categories.${value}`) }))}
      />
    </Stack>
  )
}

/** What a dialog asks for besides words. */
export function DialogFields({ dialog, draft, onChange }: FieldsProps) {
  const { t } = useTranslation()
  switch (dialog) {
    case 'silence':
      return (
        <UntilField
          label={t('incident.silenceField')}
          value={draft.until}
          presets={['hour', 'morning', 'day', 'week']}
          onChange={until => onChange({ until })}
        />
      )
    case 'priority':
      return (
        <Choice
          label={t('incident.newPriority')}
          value={String(draft.priority)}
          options={PRIORITIES.map(each => ({ value: String(each), label: `${each} · ${t(`priority.p${each}`)}` }))}
          onChange={value => onChange({ priority: PRIORITIES.find(each => String(each) === value) ?? draft.priority })}
        />
      )
    case 'solve':
      return (
        <Choice
          label={t('work.mode')}
          value={draft.mode}
          options={(['remote', 'onsite'] as const).map(value => ({ value, label: t(`work.modes.${value}`) }))}
          onChange={mode => onChange({ mode })}
        />
      )
    case 'line':
      return (
        <Choice
          label={t('work.line')}
          value={String(draft.line)}
          options={LINES.map(line => ({ value: String(line), label: t('work.lineNumber', { line }) }))}
          onChange={value => onChange({ line: LINES.find(each => String(each) === value) ?? draft.line })}
        />
      )
    case 'pending':
      return (
        <Choice
          label={t('work.fields.pendingOn')}
          value={draft.pendingOn}
          options={([...PENDING_PARTIES, 'none'] as const).map(value => ({ value, label: t(`work.parties.${value}`) }))}
          onChange={pendingOn => onChange({ pendingOn })}
        />
      )
    case 'assign':
      return <AssigneeField draft={draft} onChange={onChange} />
    case 'discard':
      return <DiscardFields draft={draft} onChange={onChange} />
    case 'classify':
      return <ClassifyFields draft={draft} onChange={onChange} />
    case 'estimate':
      return (
        <TextInput
          label={t('work.minutesField')}
          inputMode="numeric"
          data-autofocus
          value={draft.minutes}
          onChange={event => onChange({ minutes: event.currentTarget.value })}
        />
      )
    default:
      return null
  }
}
