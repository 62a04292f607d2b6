import { Button, Group, MultiSelect, NumberInput, Paper, Select, Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CriticalSettings, CriticalView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { placeChoices } from '../../place-choices.ts'
import { useCriticalCriteria, useDirectory } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

type Criteria = CriticalSettings['usual']
type ClientCriteria = CriticalSettings['clients'][number]
const PRIORITIES = [1, 2, 3, 4] as const
/** Sites offered at a time; the rest comes with typing. */
const CHOICES_SHOWN = 50

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

/** Choices of the directory; what is chosen stays among them, also when the directory does not have it any more. */
function choicesOf(
  places: Parameters<typeof placeChoices>[0] = [],
  chosen: readonly string[],
): { value: string; label: string }[] {
  const lost = chosen.filter(code => code !== '' && !places.some(place => place.code === code))
  return [...placeChoices(places), ...lost.map(code => ({ value: code, label: code }))]
}

function CriteriaForm({ view }: { view: CriticalView }) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const queryClient = useQueryClient()
  const [usual, setUsual] = useState<Criteria>(view.usual)
  const [clients, setClients] = useState<readonly (ClientCriteria & { readonly key: number })[]>(() =>
    view.clients.map(({ name: _, ...client }, key) => ({ ...client, key })),
  )
  const [sites, setSites] = useState<readonly string[]>(view.sites.map(site => site.code))
  const save = useMutation({
    mutationFn: () =>
      api.setCriticalCriteria({
        usual,
        clients: clients.map(({ key: _, ...client }) => client),
        sites: [...sites],
      }),
    onSuccess: () => {
      notifications.show({ message: t('priorities.saved'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['criticalCriteria'] })
    },
  })
  const disabled = !mayAdminister
  const directory = useDirectory().data?.directory
  const replace = (key: number, client: ClientCriteria) =>
    setClients(before => before.map(each => (each.key === key ? { ...client, key } : each)))
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack maw={720}>
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
              <Select
                label={t('priorities.client')}
                required
                searchable
                allowDeselect={false}
                className="tw-grow"
                disabled={disabled}
                value={client.code || null}
                onChange={code => replace(client.key, { ...client, code: code ?? '' })}
                data={choicesOf(directory?.clients, [client.code]).filter(
                  ({ value }) => value === client.code || !clients.some(({ code }) => code === value),
                )}
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
          <MultiSelect
            label={t('priorities.sitesField')}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            limit={CHOICES_SHOWN}
            disabled={disabled}
            value={[...sites]}
            onChange={setSites}
            data={choicesOf(directory?.sites, sites)}
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
