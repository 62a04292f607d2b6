import { Button, Chip, Group, Popover, Select, Stack, TextInput } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { INCIDENT_KINDS, INCIDENT_SOURCES } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useAssignees } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { FLAGS, type ListFilter } from './list-filter.ts'

interface FiltersProps {
  readonly filter: ListFilter
  readonly onSet: (name: string, value: string) => void
  readonly onClear: () => void
}

const PRIORITIES = [1, 2, 3, 4] as const
const LINES = [1, 2, 3] as const

/** What narrows the queue; everything is kept in the address, so that a bookmark is a saved filter. */
export function IncidentFilters({ filter, onSet, onClear }: FiltersProps) {
  const { t } = useTranslation()
  const { me, mayWork } = useMe()
  const assignees = useAssignees(mayWork).data ?? []
  const people = [
    ...new Set([me.name, ...assignees, ...(filter.assignee && filter.assignee !== '-' ? [filter.assignee] : [])]),
  ]
  const any = (label: string) => ({ value: '', label: `${label}: ${t('queue.any')}` })
  const selects = [
    {
      name: 'line',
      label: t('queue.line'),
      data: LINES.map(line => ({ value: String(line), label: t('work.lineNumber', { line }) })),
    },
    {
      name: 'kind',
      label: t('queue.kind'),
      data: INCIDENT_KINDS.map(kind => ({ value: kind, label: t(`work.kinds.${kind}`) })),
    },
    {
      name: 'source',
      label: t('queue.source'),
      data: INCIDENT_SOURCES.map(source => ({ value: source, label: t(`work.sources.${source}`) })),
    },
    {
      name: 'assignee',
      label: t('queue.assignee'),
      data: [{ value: '-', label: t('incidents.nobody') }, ...people.map(name => ({ value: name, label: name }))],
    },
  ] as const
  const hidden = [filter.line, filter.kind, filter.source, filter.assignee, filter.from, filter.to]
  const set = hidden.filter(Boolean).length + FLAGS.filter(flag => filter[flag]).length
  return (
    <>
      <Select
        aria-label={t('incidents.priority')}
        value={filter.priority}
        onChange={value => onSet('priority', value ?? '')}
        allowDeselect={false}
        data={[
          any(t('incidents.priority')),
          ...PRIORITIES.map(each => ({ value: String(each), label: `${each} · ${t(`priority.p${each}`)}` })),
        ]}
      />
      <Popover position="bottom-start" withArrow shadow="md" trapFocus>
        <Popover.Target>
          <Button variant={set > 0 ? 'light' : 'default'} leftSection={<IconFilter size={16} aria-hidden />}>
            {t('queue.filters')}
            {set > 0 ? ` · ${set}` : ''}
          </Button>
        </Popover.Target>
        <Popover.Dropdown maw="min(26rem, 94vw)">
          <Stack gap="sm">
            {selects.map(({ name, label, data }) => (
              <Select
                key={name}
                aria-label={label}
                value={filter[name]}
                onChange={value => onSet(name, value ?? '')}
                allowDeselect={false}
                searchable={name === 'assignee'}
                comboboxProps={{ withinPortal: false }}
                data={[any(label), ...data]}
              />
            ))}
            <Group gap="sm" grow>
              <TextInput
                type="date"
                label={t('queue.from')}
                value={filter.from}
                onChange={event => onSet('from', event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={t('queue.to')}
                value={filter.to}
                onChange={event => onSet('to', event.currentTarget.value)}
              />
            </Group>
            <Group gap={6}>
              {FLAGS.map(flag => (
                <Chip
                  key={flag}
                  size="xs"
                  checked={filter[flag] !== ''}
                  onChange={checked => onSet(flag, checked ? 'true' : '')}
                >
                  {t(`queue.${flag}`)}
                </Chip>
              ))}
            </Group>
            <Button variant="subtle" size="xs" disabled={set === 0} onClick={onClear}>
              {t('queue.clear')}
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </>
  )
}
