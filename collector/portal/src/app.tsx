import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { createQueryClient, useSession } from './queries.ts'
import { SessionContext } from './session.ts'
import { cssVariables, theme } from './theme.ts'
import { CrashScreen } from './widgets/crash-screen.tsx'
import { ErrorNotice } from './widgets/notice.tsx'
import { Shell } from './widgets/shell.tsx'
import { PageSkeleton } from './widgets/skeletons.tsx'

const FleetPage = lazy(() => import('./pages/fleet/fleet-page.tsx'))
const DayPage = lazy(() => import('./pages/day/day-page.tsx'))
const TerminalPage = lazy(() => import('./pages/terminal/terminal-page.tsx'))
const IncidentsPage = lazy(() => import('./pages/incidents/incidents-page.tsx'))
const IncidentPage = lazy(() => import('./pages/incident/incident-page.tsx'))
const PrioritiesPage = lazy(() => import('./pages/priorities/priorities-page.tsx'))
const ProblemsPage = lazy(() => import('./pages/problems/problems-page.tsx'))
const ProblemPage = lazy(() => import('./pages/problem/problem-page.tsx'))
const KnowledgePage = lazy(() => import('./pages/knowledge/knowledge-page.tsx'))
const RulesPage = lazy(() => import('./pages/rules/rules-page.tsx'))
const MaintenancePage = lazy(() => import('./pages/maintenance/maintenance-page.tsx'))
const ReplacementsPage = lazy(() => import('./pages/replacements/replacements-page.tsx'))
const AgreementsPage = lazy(() => import('./pages/agreements/agreements-page.tsx'))
const DirectoryPage = lazy(() => import('./pages/directory/directory-page.tsx'))
const DesksPage = lazy(() => import('./pages/desks/desks-page.tsx'))
const TemplatesPage = lazy(() => import('./pages/templates/templates-page.tsx'))
const UsersPage = lazy(() => import('./pages/users/users-page.tsx'))
const AccountPage = lazy(() => import('./pages/account/account-page.tsx'))
const LoginPage = lazy(() => import('./pages/session/login-page.tsx'))
const InvitationPage = lazy(() => import('./pages/session/invitation-page.tsx'))
const NotFoundPage = lazy(() => import('./pages/session/not-found-page.tsx'))

function Pages() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/" component={FleetPage} />
        <Route path="/login" component={FleetPage} />
        <Route path="/terminals/:agentId">{({ agentId }) => <TerminalPage key={agentId} agentId={agentId} />}</Route>
        <Route path="/day" component={DayPage} />
        <Route path="/incidents" component={IncidentsPage} />
        <Route path="/incidents/:id">{({ id }) => <IncidentPage key={id} incidentId={id} />}</Route>
        <Route path="/priorities" component={PrioritiesPage} />
        <Route path="/problems" component={ProblemsPage} />
        <Route path="/problems/:id">{({ id }) => <ProblemPage key={id} problemId={id} />}</Route>
        <Route path="/knowledge" component={KnowledgePage} />
        <Route path="/maintenance" component={MaintenancePage} />
        <Route path="/replacements" component={ReplacementsPage} />
        <Route path="/rules" component={RulesPage} />
        <Route path="/agreements" component={AgreementsPage} />
        <Route path="/directory" component={DirectoryPage} />
        <Route path="/desks" component={DesksPage} />
        <Route path="/templates" component={TemplatesPage} />
        <Route path="/users" component={UsersPage} />
        <Route path="/account" component={AccountPage} />
        <Route component={NotFoundPage} />
      </Switch>
    </Suspense>
  )
}

/** Shows the login in place of any page until somebody is signed in, so that a link leads where it should afterwards. */
function Gate() {
  const session = useSession()
  if (session.data) {
    return (
      <SessionContext value={session.data}>
        <Shell>
          <Pages />
        </Shell>
      </SessionContext>
    )
  }
  if (session.data === null) return <LoginPage />
  if (session.error) return <ErrorNotice thrown={session.error} onRetry={() => void session.refetch()} />
  return <PageSkeleton />
}

const queryClient = createQueryClient()
const colorSchemes = localStorageColorSchemeManager({ key: 'tillwatch-color-scheme' })

/** The whole portal. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" autoClose={5_000} />
      <QueryClientProvider client={queryClient}>
        <CrashScreen>
          <Suspense fallback={<PageSkeleton />}>
            <Switch>
              <Route path="/invitation" component={InvitationPage} />
              <Route>
                <Gate />
              </Route>
            </Switch>
          </Suspense>
        </CrashScreen>
      </QueryClientProvider>
    </MantineProvider>
  )
}
