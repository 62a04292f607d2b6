import { Badge, Button, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core'
import { IconFileText, IconPencil, IconPlus, IconSearchOff } from '@tabler/icons-react'
import type { AgreementsView, ContractRow } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useContracts } from '../../agreement-queries.ts'
import { useClassName } from '../../cause-words.ts'
import { formatDeviceDate } from '../../format.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { nowMs } from '../../now.ts'
import { useMe } from '../../session.ts'
import { localInputValue } from '../../until.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { AgreementHistory } from './agreement-history.tsx'
import { stateOf, timeOf } from './contract-draft.ts'
import { ContractDrawer } from './contract-form.tsx'
import { EndContract } from './end-contract.tsx'

const COLORS = { on: 'green', coming: 'blue', over: 'gray' } as const
const SEARCH_FROM = 6

/** The reader's own day as YYYY-MM-DD. */
const today = (): string => localInputValue(new Date(nowMs())).slice(0, 10)

function TimeText({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  const { amount, unit } = timeOf(text)
  return <span className="tw-nowrap">{t(`contracts.times.${unit}`, { amount })}</span>
}

function Services({ services }: { readonly services: ContractRow['services'] }) {
  const { t } = useTranslation()
  const className = useClassName()
  if (services.length === 0) return null
  return (
    <div className="tw-scroll tw-note-after">
      <table className="tw-table tw-stacked">
        <thead>
          <tr>
            <th scope="col">{t('contracts.service')}</th>
            <th scope="col">{t('contracts.reaction')}</th>
            <th scope="col">{t('contracts.solution')}</th>
            <th scope="col">{t('contracts.responsible')}</th>
          </tr>
        </thead>
        <tbody>
          {services.map(({ name, reaction, solution, responsible, causes }) => (
            <tr key={name}>
              <td>
                {name}
                <div className="tw-dim tw-small">
                  {causes.length > 0 ? causes.map(className).join(', ') : t('contracts.everythingElse')}
                </div>
              </td>
              <td data-label={t('contracts.reaction')}>
                <TimeText text={reaction} />
              </td>
              <td data-label={t('contracts.solution')}>
                <TimeText text={solution} />
              </td>
              <td data-label={t('contracts.responsible')}>{responsible}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ContractCardProps {
  readonly contract: ContractRow
  readonly agreements: AgreementsView
  readonly onEdit: () => void
  readonly onEnd: () => void
}

function ContractCard({ contract, agreements, onEdit, onEnd }: ContractCardProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const { mayAdminister } = useMe()
  const state = stateOf(contract, today())
  const policy = agreements.policies.find(({ id }) => id === contract.policy)
  const day = (date: string) => formatDeviceDate(language, date)
  return (
    <Paper component="section" aria-label={t('contracts.one', { number: contract.number })}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div className="tw-grow">
          <Group gap="xs">
            <Title order={2} className="tw-wrap">
              {t('contracts.one', { number: contract.number })}
            </Title>
            <Badge variant="light" color={COLORS[state]} tt="none" fw={500}>
              {t(`contracts.states.${state}`)}
            </Badge>
          </Group>
          <Text className="tw-wrap">{contract.clientName}</Text>
          <Text fz="sm" c="dimmed" className="tw-wrap">
            {[
              contract.from ? t('contracts.fromDay', { day: day(contract.from) }) : null,
              contract.until ? t('contracts.untilDay', { day: day(contract.until) }) : t('contracts.noEnd'),
              policy ? pick(policy.title) : (contract.policy ?? t('contracts.policyUsual')),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
          {contract.policy !== null && !policy ? (
            <Text fz="sm" className="tw-warn">
              {t('contracts.policyLost', { policy: contract.policy })}
            </Text>
          ) : null}
        </div>
        {mayAdminister ? (
          <Group gap="xs">
            <Button size="xs" variant="default" leftSection={<IconPencil size={14} aria-hidden />} onClick={onEdit}>
              {t('contracts.edit')}
            </Button>
            {state === 'over' ? null : (
              <Button size="xs" variant="default" onClick={onEnd}>
                {t('contracts.end')}
              </Button>
            )}
          </Group>
        ) : null}
      </Group>
      <Services services={contract.services} />
    </Paper>
  )
}

function ContractList({ contracts, agreements }: { contracts: readonly ContractRow[]; agreements: AgreementsView }) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const [search, setSearch] = useState('')
  const [all, setAll] = useState(false)
  const [edited, setEdited] = useState<ContractRow | 'new' | null>(null)
  const [ended, setEnded] = useState<ContractRow | null>(null)
  const current = contracts.filter(contract => all || stateOf(contract, today()) !== 'over')
  const shown = current.filter(({ number, clientName }) =>
    `${number} ${clientName}`.toLowerCase().includes(search.trim().toLowerCase()),
  )
  const hasOver = contracts.some(contract => stateOf(contract, today()) === 'over')
  const add = mayAdminister ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      {t('contracts.add')}
    </Button>
  ) : null
  return (
    <Stack>
      {contracts.length > 0 ? (
        <Group justify="space-between">
          {contracts.length >= SEARCH_FROM ? (
            <SearchField value={search} label={t('contracts.search')} onChange={setSearch} />
          ) : null}
          {hasOver ? (
            <Switch
              label={t('contracts.showOver')}
              checked={all}
              onChange={event => setAll(event.currentTarget.checked)}
            />
          ) : null}
          {add}
        </Group>
      ) : (
        <EmptyNotice
          icon={IconFileText}
          title={t('contracts.emptyTitle')}
          text={t(mayAdminister ? 'contracts.emptyText' : 'contracts.emptyAsk')}
          action={add}
        />
      )}
      {contracts.length > 0 && shown.length === 0 ? (
        <EmptyNotice icon={IconSearchOff} title={t('contracts.nothingTitle')} text={t('contracts.nothingText')} />
      ) : null}
      {shown.map(contract => (
        <ContractCard
          key={contract.number}
          contract={contract}
          agreements={agreements}
          onEdit={() => setEdited(contract)}
          onEnd={() => setEnded(contract)}
        />
      ))}
      <AgreementHistory kind="contract" />
      <ContractDrawer
        opened={edited !== null}
        contract={edited === 'new' ? null : edited}
        agreements={agreements}
        onClose={() => setEdited(null)}
      />
      <EndContract contract={ended} today={today()} onClose={() => setEnded(null)} />
    </Stack>
  )
}

/** What was agreed with clients, and the way to change it. */
export function Contracts({ agreements }: { agreements: AgreementsView }) {
  const contracts = useContracts()
  if (contracts.error) return <ErrorNotice thrown={contracts.error} onRetry={() => void contracts.refetch()} />
  if (!contracts.data) return <ListSkeleton rows={3} height={140} />
  return <ContractList contracts={contracts.data} agreements={agreements} />
}
