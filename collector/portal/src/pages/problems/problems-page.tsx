import { Checkbox, Group, Tabs } from '@mantine/core'
import { IconMoodSmile, IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { useProblems } from '../../problem-queries.ts'
import { withParameter } from '../../search-params.ts'
import { LoadMore } from '../../widgets/load-more.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { MeasureList } from './measure-list.tsx'
import { MonthList } from './month-list.tsx'
import { NewProblem } from './new-problem.tsx'
import { ProblemList } from './problem-list.tsx'

const TABS = ['active', 'proposed', 'solved', 'rejected', 'all', 'measures', 'months'] as const

interface ListedProps {
  readonly status: string
  readonly search: string
  readonly known: boolean
  readonly onSet: (name: string, value: string) => void
}

function Listed({ status, search, known, onSet }: ListedProps) {
  const { t } = useTranslation()
  const problems = useProblems({ status, search, known })
  const rows = problems.data?.pages.flatMap(page => page.rows) ?? []
  const filtered = search !== '' || known || status !== 'active'
  return (
    <>
      <Group gap="sm">
        <SearchField value={search} label={t('problemBook.search')} onChange={value => onSet('search', value)} />
        <Checkbox
          label={t('problemBook.knownOnly')}
          checked={known}
          onChange={event => onSet('known', event.currentTarget.checked ? 'true' : '')}
        />
      </Group>
      {problems.error ? <ErrorNotice thrown={problems.error} onRetry={() => void problems.refetch()} /> : null}
      {problems.isPending ? <ListSkeleton rows={6} /> : null}
      {problems.data && rows.length === 0 ? (
        <EmptyNotice
          icon={filtered ? IconSearchOff : IconMoodSmile}
          title={filtered ? t('problemBook.nothingTitle') : t('problemBook.emptyTitle')}
          text={filtered ? t('problemBook.nothingText') : t('problemBook.emptyText')}
        />
      ) : null}
      {rows.length > 0 ? (
        <div>
          <ProblemList rows={rows} busy={problems.isPlaceholderData} />
          <LoadMore
            shown={rows.length}
            total={problems.data?.pages[0]?.total ?? rows.length}
            hasMore={problems.hasNextPage}
            loading={problems.isFetchingNextPage}
            onMore={() => void problems.fetchNextPage()}
          />
        </div>
      ) : null}
    </>
  )
}

/** Causes behind incidents, what was promised, and what months say. */
export default function ProblemsPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const tab = TABS.find(each => each === parameters.get('tab')) ?? 'active'
  const set = (name: string, value: string) => setParameters(withParameter(name, value), { replace: true })
  return (
    <Page title={t('problemBook.title')} intro={t('problemBook.intro')} actions={<NewProblem />}>
      <Tabs value={tab} onChange={value => set('tab', value === 'active' || !value ? '' : value)}>
        <Tabs.List className="tw-tabs">
          {TABS.map(each => (
            <Tabs.Tab key={each} value={each}>
              {t(`problemBook.tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {tab === 'measures' ? <MeasureList /> : null}
      {tab === 'months' ? <MonthList /> : null}
      {tab !== 'measures' && tab !== 'months' ? (
        <Listed
          status={tab}
          search={parameters.get('search') ?? ''}
          known={parameters.get('known') === 'true'}
          onSet={set}
        />
      ) : null}
    </Page>
  )
}
