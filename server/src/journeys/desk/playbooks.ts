import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Output, type Playbook, playbookSchema } from '@chaoxi/contract'
import type { Caller } from '../../platform/http/api.ts'
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
  /** Answers the ids of its journeys: drafts to be looked at and published. Installing again adds what is missing, and changes nothing. */
  install(caller: Caller, key: string): Promise<string[]>
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
  deps: Pick<JourneysDeps, 'db' | 'clock' | 'ids' | 'audit'> & PlaybookMakers & { readonly playbooks: readonly Playbook[] },
): Playbooks {
  const { db, clock, ids, playbooks } = deps

  async function installJourneys(caller: Caller, playbook: Playbook): Promise<string[]> {
    const { workspaceId } = caller
    const at = new Date(clock.now())
    return db.tx(async (tx) => {
      for (const { key, name, description, definition } of playbook.journeys) {
        const id = ids.next('jny')
        const isNew = await store.insertJourney(tx, workspaceId, { id, key, name, description, draft: definition }, at)
        if (isNew) await deps.audit(tx, caller, 'journey.create', id, { key, name, playbook: playbook.key })
      }
      const keys = playbook.journeys.map((journey) => journey.key)
      const found = new Map((await store.findJourneysByKey(tx, workspaceId, keys)).map((row) => [row.key, row.id]))
      const journeyIds = keys.flatMap((key) => found.get(key) ?? [])
      await store.insertInstalledPlaybook(tx, workspaceId, playbook.key, journeyIds, at)
      await deps.audit(tx, caller, 'playbook.install', playbook.key, { journeyIds })
      return journeyIds
    })
  }

  return {
    async list(workspaceId) {
      const installed = new Set((await store.findInstalledPlaybooks(db, workspaceId)).map((row) => row.key))
      return playbooks.map(({ key, name, description, journeys, templates, tags }) => ({
        key,
        name,
        description,
        installed: installed.has(key),
        journeys: journeys.length,
        templates: templates.length,
        tags: tags.length,
      }))
    },

    async install(caller, key) {
      const playbook = playbooks.find((one) => one.key === key)
      if (!playbook) throw new AppError('not_found', `There is no playbook ${key}`)
      // What journeys mention comes first. A crash in between leaves things that are complete by themselves, and the next try finds them.
      for (const coupon of playbook.coupons) await unlessThere(deps.createCoupon(caller, coupon))
      for (const tag of playbook.tags) await unlessThere(deps.createTag(caller, tag))
      for (const segment of playbook.segments) await unlessThere(deps.createSegment(caller, segment))
      for (const template of playbook.templates) await unlessThere(deps.createTemplate(caller, atShop(template, deps.shopUrl)))
      return installJourneys(caller, playbook)
    },
  }
}

function atShop(template: Playbook['templates'][number], shopUrl: string): Playbook['templates'][number] {
  return template.linkUrl.startsWith('/') ? { ...template, linkUrl: shopUrl + template.linkUrl } : template
}

async function unlessThere(making: Promise<unknown>): Promise<void> {
  try {
    await making
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
  }
}
