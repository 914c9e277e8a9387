import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AppError,
  type InstalledPart,
  type Output,
  type Playbook,
  type PlaybookPart,
  playbookNeeds,
  playbookSchema,
} from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
import { zoneOf } from '../../query/index.ts'
import { aheadOf } from '../core/season.ts'
import * as store from '../store.ts'
import type { JourneysDeps } from './journeys.ts'

/** Who makes the things that a playbook brings along; each throws `conflict` when its key is taken. */
export interface PlaybookMakers {
  /** The shop's site, without a slash at the end: links of playbooks that begin with one lead there. */
  readonly shopUrl: string
  createTemplate(caller: Caller, template: Playbook['templates'][number]): Promise<unknown>
  createCoupon(caller: Caller, coupon: Playbook['coupons'][number]): Promise<unknown>
  createTag(caller: Caller, tag: Playbook['tags'][number]): Promise<unknown>
  createSegment(caller: Caller, segment: Playbook['segments'][number]): Promise<unknown>
}

export interface Playbooks {
  list(workspaceId: number): Promise<Output<'playbooks'>['items']>
  view(key: string): Playbook
  /** Answers its journeys, drafts to be looked at and published, and what it added or kept. Again, it adds what is missing and changes nothing. */
  install(caller: Caller, key: string): Promise<Output<'playbookInstall'>>
}

/** Reads `*.json` of the folder; one that does not hold is a bug of ours and stops the start. */
export function loadPlaybooks(folder: string): Playbook[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
  return files.map((name) => {
    const playbook = playbookSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    if (name !== `${playbook.key}.json`) throw new Error(`playbook ${playbook.key} stands in ${name}`)
    return playbook
  })
}

export function createPlaybooks(
  deps: Pick<JourneysDeps, 'db' | 'clock' | 'ids' | 'audit' | 'timeZone'> & PlaybookMakers & { readonly playbooks: readonly Playbook[] },
): Playbooks {
  const { db, clock, ids, playbooks } = deps
  const needs = new Map(playbooks.map((playbook) => [playbook, playbookNeeds(playbook)]))

  function found(key: string): Playbook {
    const playbook = playbooks.find((one) => one.key === key)
    if (!playbook) throw new AppError('not_found', `There is no playbook ${key}`)
    return playbook
  }

  async function installJourneys(caller: Caller, playbook: Playbook): Promise<Output<'playbookInstall'>> {
    const { workspaceId } = caller
    const at = new Date(clock.now())
    const today = zoneOf(await deps.timeZone(workspaceId)).dayOf(clock.now())
    const drawn = aheadOf(playbook.journeys, today)
    return db.tx(async (tx) => {
      const parts: InstalledPart[] = []
      for (const { key, name, description, definition } of drawn) {
        const id = ids.next('jny')
        const isNew = await store.insertJourney(tx, workspaceId, { id, key, name, description, draft: definition, by: caller.actor }, at)
        parts.push({ part: 'journeys', key, name, added: isNew })
        if (isNew) await deps.audit(tx, caller, 'journey.create', id, { key, name, playbook: playbook.key })
      }
      const keys = playbook.journeys.map((journey) => journey.key)
      const found = new Map((await store.findJourneysByKey(tx, workspaceId, keys)).map((row) => [row.key, row.id]))
      const journeyIds = keys.flatMap((key) => found.get(key) ?? [])
      await store.insertInstalledPlaybook(tx, workspaceId, playbook.key, journeyIds, at)
      await deps.audit(tx, caller, 'playbook.install', playbook.key, { journeyIds })
      return { journeyIds, parts }
    })
  }

  return {
    async list(workspaceId) {
      const installed = new Set((await store.findInstalledPlaybooks(db, workspaceId)).map((row) => row.key))
      return playbooks.map((playbook) => {
        const { key, scene, name, description, audience, effect, setup, en } = playbook
        const { journeys, templates, tags, segments, coupons } = playbook
        return {
          ...{ key, scene, name, description, audience, effect, setup },
          ...(en === undefined ? {} : { en }),
          installed: installed.has(key),
          parts: {
            journeys: journeys.length,
            templates: templates.length,
            tags: tags.length,
            segments: segments.length,
            coupons: coupons.length,
          },
          events: [...(needs.get(playbook)?.events ?? [])],
          attributes: [...(needs.get(playbook)?.attributes ?? [])],
        }
      })
    },

    view: found,

    async install(caller, key) {
      const playbook = found(key)
      const parts: InstalledPart[] = []
      const make = async <T extends { key: string; name: string }>(
        part: PlaybookPart,
        things: readonly T[],
        made: (thing: T) => Promise<unknown>,
      ) => {
        for (const thing of things) parts.push({ part, key: thing.key, name: thing.name, added: await unlessThere(made(thing)) })
      }
      // What journeys mention comes first. A crash in between leaves things that are complete by themselves, and the next try finds them.
      await make('coupons', playbook.coupons, (coupon) => deps.createCoupon(caller, coupon))
      await make('tags', playbook.tags, (tag) => deps.createTag(caller, tag))
      await make('segments', playbook.segments, (segment) => deps.createSegment(caller, segment))
      await make('templates', playbook.templates, (template) => deps.createTemplate(caller, atShop(template, deps.shopUrl)))
      const installed = await installJourneys(caller, playbook)
      return { ...installed, parts: [...installed.parts, ...parts] }
    },
  }
}

type Template = Playbook['templates'][number]

/** Links that begin with a slash lead to the shop. */
function atShop(template: Template, shopUrl: string): Template {
  const full = (url: string) => (url.startsWith('/') ? shopUrl + url : url)
  const { content, linkUrl } = template
  if (content.kind !== 'popup' || content.action.kind !== 'link') return { ...template, linkUrl: full(linkUrl) }
  const action = { ...content.action, url: full(content.action.url) }
  return { ...template, linkUrl: full(linkUrl), content: { ...content, action } }
}

/** Whether it was made; false when it is there already. */
async function unlessThere(making: Promise<unknown>): Promise<boolean> {
  try {
    await making
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false
    throw error
  }
}
