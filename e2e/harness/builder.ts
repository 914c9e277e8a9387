import type { Locator, Page } from 'playwright-core'
import { choose } from './console.ts'

/** The rule builder as an operator's hand uses it: choosing, and typing of names and numbers. */
export interface BuilderHand {
  /** A fresh condition from the menu; `inside`: a button of the group that gets it. */
  add(kind: string, group?: number): Promise<void>
  row(path: string): RowHand
}

export interface RowHand {
  readonly place: Locator
  /** Chooses from the list with this label, the nth of the row; `typed` is what is searched for where it is not the option itself. */
  choose(label: string, option: string, more?: { nth?: number; typed?: string }): Promise<void>
  number(label: string, value: number, nth?: number): Promise<void>
  text(label: string, value: string, nth?: number): Promise<void>
  values(label: string, values: readonly string[]): Promise<void>
  press(button: string, nth?: number): Promise<void>
}

export function builderHand(page: Page): BuilderHand {
  const row = (path: string): RowHand => {
    const place = page.locator(`[data-path="${path}"]`)
    return {
      place,
      choose: (label, option, { nth = 0, typed } = {}) =>
        choose(place.getByRole('combobox', { name: label, exact: true }).nth(nth), option, typed),
      number: (label, value, nth = 0) => place.getByRole('spinbutton', { name: label, exact: true }).nth(nth).fill(String(value)),
      async text(label, value, nth = 0) {
        await place.getByLabel(label, { exact: true }).nth(nth).fill(value)
        await place.locator('.rule-kind').first().click()
      },
      async values(label, values) {
        const box = place.getByRole('combobox', { name: label, exact: true })
        await box.click({ force: true })
        for (const value of values) {
          await box.pressSequentially(value)
          await box.press('Enter')
        }
        await place.locator('.rule-kind').first().click()
      },
      // An icon before the word is part of the name.
      press: (button, nth = 0) =>
        place
          .getByRole('button', { name: new RegExp(`^(?:plus )?${button}$`) })
          .nth(nth)
          .click(),
    }
  }
  return {
    row,
    async add(kind, group = -1) {
      const buttons = page.getByRole('button', { name: /添加条件$/ })
      await (group === -1 ? buttons.last() : buttons.nth(group)).click()
      await page
        .locator('.ant-dropdown:not(.ant-dropdown-hidden) .rule-add-item')
        .filter({ has: page.getByText(kind, { exact: true }) })
        .click()
    },
  }
}
