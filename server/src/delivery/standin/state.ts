import type { AccountEntry, Entry, Journal, ReplyEntry, SmsEntry, TemplateEntry } from './journal.ts'

/** The journal, read into what questions are asked of. */
export interface StandInState {
  readonly accounts: Map<string, AccountEntry>
  readonly templates: Map<string, TemplateEntry>
  readonly messages: SmsEntry[]
  readonly byPhone: Map<string, SmsEntry[]>
  readonly replies: ReplyEntry[]
  /** `report:<bizId>`, `uplink:<id>`. */
  readonly pushed: Set<string>
  /** Known at once; on disk when it resolves. */
  add(entry: Entry): Promise<void>
}

export function createState(journal: Journal): StandInState {
  const state = {
    accounts: new Map<string, AccountEntry>(),
    templates: new Map<string, TemplateEntry>(),
    messages: [] as SmsEntry[],
    byPhone: new Map<string, SmsEntry[]>(),
    replies: [] as ReplyEntry[],
    pushed: new Set<string>(),
  }
  function take(entry: Entry): void {
    switch (entry.kind) {
      case 'account':
        state.accounts.set(entry.accessKeyId, entry)
        break
      case 'template':
        state.templates.set(entry.code, entry)
        break
      case 'sms': {
        state.messages.push(entry)
        const inbox = state.byPhone.get(entry.phone)
        if (inbox) inbox.push(entry)
        else state.byPhone.set(entry.phone, [entry])
        break
      }
      case 'reply':
        state.replies.push(entry)
        break
      case 'pushed':
        state.pushed.add(`${entry.what}:${entry.id}`)
        break
    }
  }
  for (const entry of journal.entries) take(entry)
  return {
    ...state,
    add(entry) {
      take(entry)
      return journal.append(entry)
    },
  }
}

/** Aliyun takes `+86…`, `0086…`, `86…` and bare numbers; they are one phone. */
export function phoneOf(text: string): string | null {
  const digits = text.replace(/[\s-]/g, '').replace(/^(\+86|0086|86(?=1\d{10}$))/, '')
  return /^1[3-9]\d{9}$/.test(digits) ? digits : null
}
