import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { NotFound } from './shell/not-found.tsx'
import { PageError } from './shell/page-error.tsx'
import { Shell } from './shell/shell.tsx'

// Every page is a chunk of its own; what is here is only the map.
const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => (typeof search.next === 'string' ? { next: search.next } : {}),
  component: lazyRouteComponent(() => import('./login/pages.tsx'), 'LoginPage'),
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: PageError,
  notFoundComponent: NotFound,
})
const under = { getParentRoute: () => shellRoute, errorComponent: PageError } as const

const overviewRoute = createRoute({
  ...under,
  path: '/',
  component: lazyRouteComponent(() => import('./overview/pages.tsx'), 'OverviewPage'),
})
const peopleRoute = createRoute({
  ...under,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/pages.tsx'), 'PeoplePage'),
})
const personRoute = createRoute({
  ...under,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./people/pages.tsx'), 'PersonPage'),
})
const tagsRoute = createRoute({ ...under, path: '/tags', component: lazyRouteComponent(() => import('./tags/pages.tsx'), 'TagsPage') })
const tagRoute = createRoute({ ...under, path: '/tags/$key', component: lazyRouteComponent(() => import('./tags/pages.tsx'), 'TagPage') })
const segmentsRoute = createRoute({
  ...under,
  path: '/segments',
  component: lazyRouteComponent(() => import('./segments/pages.tsx'), 'SegmentsPage'),
})
const segmentRoute = createRoute({
  ...under,
  path: '/segments/$key',
  component: lazyRouteComponent(() => import('./segments/pages.tsx'), 'SegmentPage'),
})
const portraitsRoute = createRoute({
  ...under,
  path: '/portraits',
  component: lazyRouteComponent(() => import('./insight/pages.tsx'), 'InsightPage'),
})
const governanceRoute = createRoute({
  ...under,
  path: '/governance',
  component: lazyRouteComponent(() => import('./tags/governance-page.tsx'), 'GovernancePage'),
})
const journeysRoute = createRoute({
  ...under,
  path: '/journeys',
  component: lazyRouteComponent(() => import('./journeys/pages.tsx'), 'JourneysPage'),
})
const journeyRoute = createRoute({
  ...under,
  path: '/journeys/$id',
  component: lazyRouteComponent(() => import('./journeys/pages.tsx'), 'JourneyPage'),
})
const templatesRoute = createRoute({
  ...under,
  path: '/templates',
  component: lazyRouteComponent(() => import('./templates/pages.tsx'), 'TemplatesPage'),
})
const templateRoute = createRoute({
  ...under,
  path: '/templates/$key',
  component: lazyRouteComponent(() => import('./templates/pages.tsx'), 'TemplatePage'),
})
const playbooksRoute = createRoute({
  ...under,
  path: '/playbooks',
  component: lazyRouteComponent(() => import('./playbooks/pages.tsx'), 'PlaybooksPage'),
})
const playbookRoute = createRoute({
  ...under,
  path: '/playbooks/$key',
  component: lazyRouteComponent(() => import('./playbooks/pages.tsx'), 'PlaybookPage'),
})
const tasksRoute = createRoute({ ...under, path: '/tasks', component: lazyRouteComponent(() => import('./tasks/pages.tsx'), 'TasksPage') })
const messagesRoute = createRoute({
  ...under,
  path: '/messages',
  component: lazyRouteComponent(() => import('./messages/pages.tsx'), 'MessagesPage'),
})
const couponsRoute = createRoute({
  ...under,
  path: '/coupons',
  component: lazyRouteComponent(() => import('./coupons/pages.tsx'), 'CouponsPage'),
})
const effectsRoute = createRoute({
  ...under,
  path: '/effects',
  component: lazyRouteComponent(() => import('./effects/pages.tsx'), 'EffectsPage'),
})
const quarantineRoute = createRoute({
  ...under,
  path: '/quarantine',
  component: lazyRouteComponent(() => import('./quarantine/pages.tsx'), 'QuarantinePage'),
})

/** Whatever no page stands for: said within the shell, so that the menu is at hand. */
const elsewhereRoute = createRoute({ ...under, path: '$', component: NotFound })

const settingsRoute = createRoute({
  ...under,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/workspace' })
  },
})
const workspaceRoute = createRoute({
  ...under,
  path: '/settings/workspace',
  component: lazyRouteComponent(() => import('./settings/workspace.tsx'), 'WorkspacePage'),
})
const keysRoute = createRoute({
  ...under,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('./settings/keys.tsx'), 'KeysPage'),
})
const membersRoute = createRoute({
  ...under,
  path: '/settings/members',
  component: lazyRouteComponent(() => import('./settings/members.tsx'), 'MembersPage'),
})
const channelsRoute = createRoute({
  ...under,
  path: '/settings/channels',
  component: lazyRouteComponent(() => import('./settings/channels.tsx'), 'ChannelsPage'),
})
const endpointsRoute = createRoute({
  ...under,
  path: '/settings/endpoints',
  component: lazyRouteComponent(() => import('./settings/endpoints/endpoints-page.tsx'), 'EndpointsPage'),
})
const endpointRoute = createRoute({
  ...under,
  path: '/settings/endpoints/$key',
  component: lazyRouteComponent(() => import('./settings/endpoints/endpoint-page.tsx'), 'EndpointPage'),
})
const auditRoute = createRoute({
  ...under,
  path: '/settings/audit',
  component: lazyRouteComponent(() => import('./settings/audit.tsx'), 'AuditPage'),
})

export const routeTree = rootRoute.addChildren([
  loginRoute,
  shellRoute.addChildren([
    overviewRoute,
    peopleRoute,
    personRoute,
    tagsRoute,
    tagRoute,
    segmentsRoute,
    segmentRoute,
    portraitsRoute,
    governanceRoute,
    journeysRoute,
    journeyRoute,
    templatesRoute,
    templateRoute,
    playbooksRoute,
    playbookRoute,
    messagesRoute,
    tasksRoute,
    couponsRoute,
    effectsRoute,
    quarantineRoute,
    settingsRoute,
    workspaceRoute,
    keysRoute,
    membersRoute,
    channelsRoute,
    endpointsRoute,
    endpointRoute,
    auditRoute,
    elsewhereRoute,
  ]),
])
