import { type CouponRow, type JourneyNode, nodeExits, type TemplateView, taskRoles } from '@chaoxi/contract'
import { useMemo } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useNaming } from '../../rules/use-naming.ts'
import { useWho } from '../../shell/who.ts'
import type { Known } from '../canvas/problems.ts'
import { exitWord, type JourneyNaming, nodeTitle } from './node-words.ts'

/** Names of templates, coupons and journeys besides those of rules. */
export function useJourneyNaming(): JourneyNaming {
  const naming = useNaming()
  const templates = useEndpoint('templates').data
  const coupons = useEndpoint('coupons').data
  const journeys = useEndpoint('journeys').data
  const members = useEndpoint('members').data
  const who = useWho()
  const endpoints = useEndpoint('webhookEndpoints').data
  const holdouts = useEndpoint('holdoutGroups').data
  return useMemo(() => {
    const holdoutNames = new Map(holdouts?.items.map(({ key, name }) => [key, name]))
    const endpointNames = new Map(endpoints?.items.map(({ key, name }) => [key, name]))
    const names = new Map(templates?.items.map((template) => [template.key, template.name]))
    const couponNames = new Map(coupons?.items.map((coupon) => [coupon.key, coupon.name]))
    const journeyNames = new Map(journeys?.items.flatMap(({ id, key, name }) => [[id, name] as const, [key, name] as const]))
    const memberNames = new Map(members?.items.map(({ email, name }) => [email, name]))
    return {
      ...naming,
      template: (key) => names.get(key) ?? key,
      coupon: (key) => couponNames.get(key) ?? key,
      journey: (name) => journeyNames.get(name) ?? name,
      member: (email) => memberNames.get(email) || email,
      who,
      endpoint: (key) => endpointNames.get(key) ?? key,
      holdout: (key) => holdoutNames.get(key) ?? key,
    }
  }, [naming, templates, coupons, journeys, members, who, endpoints, holdouts])
}

/** What a step of a journey is called: as it is published, else as it is drawn; its id until the journey is loaded. */
export function useStepName(journeyId: string | null | undefined, nodeId: string | null | undefined): string {
  const naming = useJourneyNaming()
  const step = useStep(journeyId, nodeId)
  return step === undefined ? (nodeId ?? '') : nodeTitle(step, naming)
}

/** The word on a way out of a step; null when none is asked for. */
export function useWayName(journeyId: string | null | undefined, nodeId: string | null | undefined, way: string): string | null {
  const { language } = useJourneyNaming()
  const step = useStep(journeyId, nodeId)
  if (way === '') return null
  const exit = step && nodeExits(step).find((one) => one.way === way)
  return (step && exit && exitWord(step, exit.field, language)) ?? way
}

function useStep(journeyId: string | null | undefined, nodeId: string | null | undefined): JourneyNode | undefined {
  const { data } = useEndpoint('journey', { params: { id: journeyId ?? '' } }, { enabled: Boolean(journeyId && nodeId) })
  return [...(data?.live?.nodes ?? []), ...(data?.draft.nodes ?? [])].find(({ id }) => id === nodeId)
}

const activeOf = (coupons: readonly CouponRow[]) => new Set(coupons.filter(({ status }) => status === 'active').map(({ key }) => key))

/** Of the templates that give a coupon, those whose coupon cannot be claimed; nothing is said before coupons are known. */
function couponless(templates: readonly TemplateView[], coupons: readonly CouponRow[] | undefined): Set<string> {
  if (coupons === undefined) return new Set()
  const active = activeOf(coupons)
  const broken = templates.filter(
    ({ content }) => content.kind === 'popup' && content.action.kind === 'coupon' && !active.has(content.action.coupon),
  )
  return new Set(broken.map(({ key }) => key))
}

/** What exists, for checking that a journey mentions nothing else. */
export function useKnown(): Known {
  const templates = useEndpoint('templates').data
  const segments = useEndpoint('segments').data
  const tags = useEndpoint('tags').data
  const coupons = useEndpoint('coupons').data
  const journeys = useEndpoint('journeys').data
  const members = useEndpoint('members').data
  const endpoints = useEndpoint('webhookEndpoints').data
  const holdouts = useEndpoint('holdoutGroups').data
  return useMemo(
    () => ({
      templates:
        templates === undefined
          ? null
          : new Map(templates.items.filter((template) => template.status === 'active').map((template) => [template.key, template.channel])),
      segments: segments === undefined ? null : new Set(segments.items.map((segment) => segment.key)),
      tags: tags === undefined ? null : new Map(tags.items.map((tag) => [tag.key, tag.values.map((one) => one.value)])),
      staticTags:
        tags === undefined
          ? null
          : new Set(tags.items.filter((tag) => tag.mode === 'static' && tag.status === 'active').map((tag) => tag.key)),
      coupons: coupons === undefined ? null : activeOf(coupons.items),
      journeys:
        journeys === undefined
          ? null
          : new Map(journeys.items.filter(({ status }) => status !== 'archived').map(({ key, trigger }) => [key, trigger])),
      taskMembers:
        members === undefined ? null : new Set(members.items.filter(({ role }) => taskRoles.includes(role)).map(({ email }) => email)),
      couponless: couponless(templates?.items ?? [], coupons?.items),
      endpoints: endpoints === undefined ? null : new Set(endpoints.items.map(({ key }) => key)),
      holdouts: holdouts === undefined ? null : new Set(holdouts.items.map((group) => group.key)),
    }),
    [templates, segments, tags, coupons, journeys, members, endpoints, holdouts],
  )
}
