import { Badge, Paper, Text, Title } from '@mantine/core'
import type { RoutesView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useRoutes } from '../../desk-queries.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

type Route = RoutesView['routes'][number]

const WANTED = ['client', 'site', 'priority', 'cause', 'category', 'kind', 'source'] as const
const PLACE = ['project', 'category', 'type', 'assignee', 'team'] as const

function useRouteWords() {
  const { t } = useTranslation()
  const valuesOf = ({ wanted }: Route, each: (typeof WANTED)[number]): readonly string[] => {
    if (each === 'category') return (wanted.category ?? []).map(value => t(`work.categories.${value}`))
    if (each === 'kind') return (wanted.kind ?? []).map(value => t(`work.kinds.${value}`))
    if (each === 'source') return (wanted.source ?? []).map(value => t(`work.sources.${value}`))
    return (wanted[each] ?? []).map(String)
  }
  return {
    wanted: (route: Route) => {
      const said = WANTED.flatMap(each => {
        const values = valuesOf(route, each)
        return values.length > 0 ? `${t(`routing.wanted.${each}`)}: ${values.join(', ')}` : []
      })
      return said.length > 0 ? said.join(' · ') : t('routing.everything')
    },
    place: ({ place }: Route) => {
      const said = [
        ...PLACE.flatMap(each => (place[each] === null ? [] : `${t(`routing.place.${each}`)}: ${place[each]}`)),
        ...Object.entries(place.fields).map(([field, value]) => `${field}: ${value}`),
      ]
      return said.length > 0 ? said.join(' · ') : t('routing.usual')
    },
  }
}

function RouteList({ routes }: { routes: readonly Route[] }) {
  const { t } = useTranslation()
  const words = useRouteWords()
  return (
    <ol className="tw-list">
      {routes.map(route => (
        <li key={route.name}>
          <div className="tw-line tw-line-wrap">
            <b>{route.name}</b>
            <span>→ {route.desk}</span>
            {route.dryRun ? (
              <Badge variant="light" color="yellow" tt="none" fw={500}>
                {t('routing.dryRun')}
              </Badge>
            ) : null}
            {route.goesOn ? (
              <Badge variant="light" color="gray" tt="none" fw={500}>
                {t('routing.goesOn')}
              </Badge>
            ) : null}
          </div>
          <div className="tw-small tw-wrap">{words.wanted(route)}</div>
          <div className="tw-small tw-dim tw-wrap">{words.place(route)}</div>
        </li>
      ))}
    </ol>
  )
}

/** Which incidents go to which desk, as the files in force say. */
export function RoutesInForce() {
  const { t } = useTranslation()
  const language = useLanguage()
  const routes = useRoutes()
  return (
    <Paper component="section" aria-label={t('routing.title')} mt="md">
      <Title order={2} mb={4}>
        {t('routing.title')}
      </Title>
      {routes.error ? <ErrorNotice thrown={routes.error} onRetry={() => void routes.refetch()} /> : null}
      {routes.isPending ? <ListSkeleton rows={2} height={48} /> : null}
      {routes.data ? (
        <>
          {routes.data.problems.length > 0 ? (
            <div className="tw-note tw-note-after" data-tone="red">
              <Text fz="sm" fw={500}>
                {t(routes.data.isSilent ? 'routing.silent' : 'routing.refused')}
              </Text>
              {routes.data.problems.map(({ file, line, column, path, reason }) => (
                <Text key={`${file} ${line} ${column} ${path} ${reason.en}`} fz="sm" className="tw-wrap">
                  {file}:{line}:{column} · {path === '' ? '' : `${path}: `}
                  {reason[language]}
                </Text>
              ))}
            </div>
          ) : null}
          {routes.data.isSilent && routes.data.problems.length === 0 ? (
            <div className="tw-note tw-note-after" data-tone="red">
              <Text fz="sm">{t('routing.silentElsewhere')}</Text>
            </div>
          ) : null}
          {routes.data.remarks.length > 0 ? (
            <div className="tw-note tw-note-after" data-tone="yellow">
              {routes.data.remarks.map(({ route, text }) => (
                <Text key={`${route} ${text.en}`} fz="sm" className="tw-wrap">
                  {t('routing.remark', { route, text: text[language] })}
                </Text>
              ))}
            </div>
          ) : null}
          {routes.data.isSilent ? null : (
            <Text fz="sm" c="dimmed" mt="xs">
              {t(routes.data.routes.length > 0 ? 'routing.lead' : 'routing.everyDesk')}
            </Text>
          )}
          <RouteList routes={routes.data.routes} />
        </>
      ) : null}
    </Paper>
  )
}
