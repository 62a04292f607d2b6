import { Button, Group, NumberInput, Paper, Select, Stack, Textarea, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CriticalSettings, CriticalView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useCriticalCriteria } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

type Criteria = CriticalSettings['usual']
type ClientCriteria = CriticalSettings['clients'][number]
const PRIORITIES = [1, 2, 3, 4] as const

interface CriteriaProps<Value extends Criteria> {
  readonly value: Value
  readonly disabled: boolean
  readonly onChange: (value: Value) => void
}

function CriteriaFields<Value extends Criteria>({ value, disabled, onChange }: CriteriaProps<Value>) {
  const { t } = useTranslation()
  const minutes = (name: 'blockingMinutes' | 'siteStoppedMinutes', label: string) => (
    <NumberInput
      hideControls
      label={label}
      placeholder={t('priorities.off')}
      min={1}
      max={10_080}
      allowDecimal={false}
      disabled={disabled}
      value={value[name] ?? ''}
      onChange={entered => onChange({ ...value, [name]: typeof entered === 'number' ? entered : null })}
    />
  )
  return (
    <Stack gap="sm">
      {minutes('blockingMinutes', t('priorities.blocking'))}
      {minutes('siteStoppedMinutes', t('priorities.stopped'))}
      <Select
        label={t('priorities.marked')}
        disabled={disabled}
        allowDeselect={false}
        value={value.markedPriority === null ? '' : String(value.markedPriority)}
        onChange={chosen =>
          onChange({ ...value, markedPriority: PRIORITIES.find(each => String(each) === chosen) ?? null })
        }
        data={[
          { value: '', label: t('priorities.off') },
          ...PRIORITIES.map(each => ({ value: String(each), label: `${each} · ${t(`priority.p${each}`)}` })),
        ]}
      />
    </Stack>
  )
}

const codesIn = (text: string): string[] => [...new Set(text.split(/[,;\s]+/).filter(Boolean))]

function CriteriaForm({ view }: { view: CriticalView }) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const queryClient = useQueryClient()
  const [usual, setUsual] = useState<Criteria>(view.usual)
  const [clients, setClients] = useState<readonly (ClientCriteria & { readonly key: number })[]>(() =>
    view.clients.map(({ name: _, ...client }, key) => ({ ...client, key })),
  )
  const [sites, setSites] = useState(view.sites.map(site => site.code).join(', '))
  const save = useMutation({
    mutationFn: () =>
      api.setCriticalCriteria({
        usual,
        clients: clients.map(({ key: _, ...client }) => client),
        sites: codesIn(sites),
      }),
    onSuccess: () => {
      notifications.show({ message: t('priorities.saved'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['criticalCriteria'] })
    },
  })
  const disabled = !mayAdminister
  const replace = (key: number, client: ClientCriteria) =>
    setClients(before => before.map(each => (each.key === key ? { ...client, key } : each)))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        <Paper component="section" aria-label={t('priorities.usual')}>
          <Title order={2}>{t('priorities.criteria')}</Title>
          <Title order={3} my="sm">
            {t('priorities.usual')}
          </Title>
          <CriteriaFields value={usual} disabled={disabled} onChange={setUsual} />
        </Paper>
        {clients.map(client => (
          <Paper key={client.key} component="section" aria-label={client.code}>
            <Group align="end" mb="sm">
              <TextInput
                label={t('priorities.clientCode')}
                required
                disabled={disabled}
                value={client.code}
                onChange={event => replace(client.key, { ...client, code: event.currentTarget.value })}
              />
              {disabled ? null : (
                <Button
                  variant="subtle"
                  color="red"
                  onClick={() => setClients(before => before.filter(each => each.key !== client.key))}
                >
                  {t('priorities.remove')}
                </Button>
              )}
            </Group>
            <CriteriaFields value={client} disabled={disabled} onChange={next => replace(client.key, next)} />
          </Paper>
        ))}
        <Paper component="section" aria-label={t('priorities.sitesTitle')}>
          <Title order={3} mb="sm">
            {t('priorities.sitesTitle')}
          </Title>
          <Textarea
            label={t('priorities.sitesField')}
            autosize
            minRows={2}
            disabled={disabled}
            value={sites}
            onChange={event => setSites(event.currentTarget.value)}
          />
        </Paper>
        {save.error ? <ErrorNotice thrown={save.error} /> : null}
        {disabled ? null : (
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t('priorities.save')}
            </Button>
            <Button
              variant="default"
              onClick={() =>
                setClients(before => [
                  ...before,
                  { ...usual, code: '', key: Math.max(-1, ...before.map(each => each.key)) + 1 },
                ])
              }
            >
              {t('priorities.add')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  )
}

/** What makes an incident critical, as agreed with clients. */
export function CriticalTab() {
  const criteria = useCriticalCriteria()
  if (criteria.error) return <ErrorNotice thrown={criteria.error} onRetry={() => void criteria.refetch()} />
  if (!criteria.data) return <ListSkeleton rows={4} />
  return <CriteriaForm view={criteria.data} />
}
