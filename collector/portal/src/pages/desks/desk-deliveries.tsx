import { Button, Group, Select, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconMailOff } from '@tabler/icons-react'
import { DELIVERY_STATES, type DeliveryRow } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useDeliveries, useDeliveryAct } from '../../desk-queries.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { serverText } from '../../i18n/server-words.ts'
import { useNow } from '../../now.ts'
import { useMe } from '../../session.ts'
import { DeliveryBadge } from '../../widgets/delivery-badge.tsx'
import { LoadMore } from '../../widgets/load-more.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

const KINDS = ['open', 'comment', 'priority', 'solve', 'reopen', 'standing', 'test', 'attach', 'link'] as const
const UNFINISHED: readonly DeliveryRow['state'][] = ['waiting', 'unknown', 'failed']

function Acts({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation()
  const act = useDeliveryAct(row.id, action =>
    notifications.show({
      message: t(action === 'retry' ? 'deliveries.retried' : 'deliveries.skipped'),
      color: 'green',
    }),
  )
  const name = row.incident ? t('deliveries.incident', { number: row.incident.number }) : row.id
  return (
    <>
      <Group gap="xs" mt={6}>
        {(['retry', 'skip'] as const).map(action => (
          <Button
            key={action}
            size="xs"
            variant="default"
            loading={act.isPending && act.variables === action}
            disabled={act.isPending}
            onClick={() => act.mutate(action)}
            aria-label={`${t(`deliveries.${action}`)}: ${name}`}
          >
            {t(`deliveries.${action}`)}
          </Button>
        ))}
      </Group>
      {act.error ? <ErrorNotice thrown={act.error} /> : null}
    </>
  )
}

/** How often it was tried, when it is tried next, which way it went. */
function Way({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation()
  const now = useNow()
  const parts = [
    row.attempts > 0 ? t('deliveries.attempts', { count: row.attempts }) : '',
    row.route === null ? '' : t('deliveries.route', { route: row.route }),
    row.detour ? t('deliveries.detour') : '',
    row.toldElsewhereAt === null ? '' : t('deliveries.elsewhere'),
  ].filter(Boolean)
  return (
    <div className="tw-dim tw-small tw-wrap">
      {parts.join(' · ')}
      {/* What is due and waits all the same goes as soon as the desk takes anything. */}
      {row.nextAt === null || Date.parse(row.nextAt) <= now ? null : (
        <>
          {parts.length > 0 ? ' · ' : ''}
          {t('deliveries.next')} <Moment at={row.nextAt} />
        </>
      )}
    </div>
  )
}

function Row({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation()
  const pick = usePick()
  const language = useLanguage()
  const { mayWork } = useMe()
  const kind = KINDS.find(each => each === row.kind)
  return (
    <tr>
      <td className="tw-dim">
        <Moment at={row.createdAt} />
      </td>
      <td className="tw-wrap">
        {row.incident ? (
          <Link href={`/incidents/${encodeURIComponent(row.incident.id)}`}>
            {t('deliveries.incident', { number: row.incident.number })}
          </Link>
        ) : null}{' '}
        {kind ? t(`deliveries.kinds.${kind}`) : row.kind}
        <div className="tw-small">{pick(row.title)}</div>
        {row.text ? (
          <details className="tw-small">
            <summary>{t('deliveries.text')}</summary>
            <div className="tw-wrap" style={{ whiteSpace: 'pre-line' }}>
              {pick(row.text)}
            </div>
          </details>
        ) : null}
      </td>
      <td>
        <DeliveryBadge state={row.state} />
        {row.lastError ? (
          <Text fz="sm" {...(row.state === 'skipped' ? { c: 'dimmed' } : { c: 'var(--tw-red)' })} className="tw-wrap">
            {serverText(row.lastError, language)}
          </Text>
        ) : null}
        <Way row={row} />
        {mayWork && UNFINISHED.includes(row.state) ? <Acts row={row} /> : null}
      </td>
    </tr>
  )
}

function DeliveryTable({ desk, state }: { desk: string; state: string }) {
  const { t } = useTranslation()
  const deliveries = useDeliveries(desk, state)
  if (deliveries.error) return <ErrorNotice thrown={deliveries.error} onRetry={() => void deliveries.refetch()} />
  if (deliveries.isPending) return <ListSkeleton rows={3} height={56} />
  const rows = deliveries.data.pages.flatMap(page => page.rows)
  if (rows.length === 0)
    return (
      <EmptyNotice
        icon={IconMailOff}
        title={t('deliveries.none')}
        text={t(state ? 'deliveries.noneFiltered' : 'deliveries.noneText')}
      />
    )
  return (
    <>
      <div style={{ overflowX: 'auto' }}>
        <table className="tw-table tw-stacked">
          <tbody>
            {rows.map(row => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <LoadMore
        shown={rows.length}
        total={deliveries.data.pages[0]?.total ?? rows.length}
        hasMore={deliveries.hasNextPage}
        loading={deliveries.isFetchingNextPage}
        onMore={() => void deliveries.fetchNextPage()}
      />
    </>
  )
}

/** The latest messages to a desk, of one state or of all. */
export function DeskDeliveries({ desk }: { desk: string }) {
  const { t } = useTranslation()
  const [state, setState] = useState('')
  return (
    <div className="tw-note-after">
      <Select
        aria-label={t('deliveries.state')}
        value={state}
        onChange={value => setState(value ?? '')}
        allowDeselect={false}
        maw={320}
        mb="xs"
        data={[
          { value: '', label: t('deliveries.all') },
          ...DELIVERY_STATES.map(each => ({ value: each, label: t(`incident.delivery.${each}`) })),
        ]}
      />
      <DeliveryTable desk={desk} state={state} />
    </div>
  )
}
