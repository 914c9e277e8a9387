import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

/** The longest first, so that no worker stands idle while another ends the run with one of them. */
const longest = [
  'server/test/scenarios/effect-table.test.ts',
  'server/test/simulation/journeys.test.ts',
  'server/test/crash/kill.test.ts',
  'e2e/tags/tags.test.ts',
  'server/src/query/agreement.test.ts',
  'server/test/scenarios/rehearsal.test.ts',
  'e2e/story.test.ts',
  'e2e/journey-activation.test.ts',
  'server/test/crash/workers.test.ts',
  'server/test/start.test.ts',
  'server/test/scenarios/import-online-retail.test.ts',
  'e2e/journey-canvas.test.ts',
  'server/test/scenarios/import-taobao.test.ts',
  'e2e/journey-release.test.ts',
]

const place = ({ moduleId }: TestSpecification): number => {
  const found = longest.findIndex((path) => moduleId.endsWith(`/${path}`))
  return found === -1 ? longest.length : found
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
