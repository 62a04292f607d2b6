import { Group, Select, Tabs } from '@mantine/core'
import { IconMoodSmile, IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { useIncidents } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { LoadMore } from '../../widgets/load-more.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { IncidentList } from './incident-list.tsx'

const TABS = ['active', 'solved', 'closed', 'all'] as const
const PRIORITIES = [1, 2, 3, 4] as const

/** What people work on, the most urgent on top. */
export default function IncidentsPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const status = TABS.find(tab => tab === parameters.get('status')) ?? 'active'
  const filter = { status, priority: parameters.get('priority') ?? '', search: parameters.get('search') ?? '' }
  const incidents = useIncidents(filter)
  const rows = incidents.data?.pages.flatMap(page => page.rows) ?? []
  const set = (name: string, value: string) => setParameters(withParameter(name, value), { replace: true })
  const filtered = filter.priority !== '' || filter.search !== '' || status !== 'active'
  return (
    <Page title={t('incidents.title')} intro={t('incidents.order')}>
      <Tabs value={status} onChange={value => set('status', value === 'active' || !value ? '' : value)}>
        <Tabs.List className="tw-tabs">
          {TABS.map(tab => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`incidents.tabs.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Group gap="sm">
        <SearchField value={filter.search} label={t('incidents.search')} onChange={value => set('search', value)} />
        <Select
          aria-label={t('incidents.priority')}
          value={filter.priority}
          onChange={value => set('priority', value ?? '')}
          allowDeselect={false}
          data={[
            { value: '', label: `${t('incidents.priority')}: ${t('incidents.anyPriority')}` },
            ...PRIORITIES.map(priority => ({
              value: String(priority),
              label: `${priority} · ${t(`priority.p${priority}`)}`,
            })),
          ]}
        />
      </Group>
      {incidents.error ? <ErrorNotice thrown={incidents.error} onRetry={() => void incidents.refetch()} /> : null}
      {incidents.isPending ? <ListSkeleton rows={8} /> : null}
      {incidents.data && rows.length === 0 ? (
        <EmptyNotice
          icon={filtered ? IconSearchOff : IconMoodSmile}
          title={filtered ? t('incidents.nothingTitle') : t('incidents.emptyTitle')}
          text={filtered ? t('incidents.nothingText') : t('incidents.emptyText')}
        />
      ) : null}
      {rows.length > 0 ? (
        <div>
          <IncidentList rows={rows} busy={incidents.isPlaceholderData} />
          <LoadMore
            shown={rows.length}
            total={incidents.data?.pages[0]?.total ?? rows.length}
            hasMore={incidents.hasNextPage}
            loading={incidents.isFetchingNextPage}
            onMore={() => void incidents.fetchNextPage()}
          />
        </div>
      ) : null}
    </Page>
  )
}
