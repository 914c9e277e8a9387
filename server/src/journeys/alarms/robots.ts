import { createHmac } from 'node:crypto'
import type { OutletKind } from '@chaoxi/contract'
import { z } from 'zod'
import { openWords, titleOf } from './telling-words.ts'

// Robots of group chats: how each wants to be told, and how it says that it was not well told.
// DingTalk: open.dingtalk.com/document/robots/custom-robot-access, Feishu: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot,
// WeCom: developer.work.weixin.qq.com/document/path/91770

export interface RobotMessage {
  readonly url: string
  readonly secret: string | null
  readonly now: number
  /** Markdown. */
  readonly lines: readonly string[]
  /** Something is wrong now. */
  readonly opened: boolean
  readonly language: 'zh' | 'en'
  readonly link: string
}

export interface Robot {
  message(message: RobotMessage): { readonly target: string; readonly body: object }
  /** Why it did not take the message, by what it answered with 200; null: it did. */
  problem(answer: string): string | null
}

/** Twenty messages a minute are what DingTalk and WeCom take at most; who sends more is shut out for ten minutes. */
export const robotPauseMs = 5_000
export const shutOutMs = 600_000

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('base64')

const answerSchema = z.union([
  z.object({ errcode: z.number(), errmsg: z.string().default('') }).transform(({ errcode, errmsg }) => ({ code: errcode, text: errmsg })),
  z.object({ code: z.number(), msg: z.string().default('') }).transform(({ code, msg }) => ({ code, text: msg })),
  z.object({ StatusCode: z.number() }).transform(({ StatusCode }) => ({ code: StatusCode, text: '' })),
])

function problem(answer: string): string | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(answer)
  } catch {
    return 'it answered something else than a robot does'
  }
  const said = answerSchema.safeParse(parsed)
  if (!said.success) return 'it answered something else than a robot does'
  const { code, text } = said.data
  return code === 0 ? null : `it answered code ${code}: ${text.slice(0, 200)}`
}

/** It was told too often: codes of DingTalk, Feishu and WeCom. */
export const isShutOut = (said: string): boolean => /^it answered (code (130101|410100|11232|9499|45009)\b|429)/.test(said)

export const robots: Record<Exclude<OutletKind, 'webhook'>, Robot> = {
  dingtalk: {
    message({ url, secret, now, lines, opened, language, link }) {
      const target = new URL(url)
      if (secret !== null) {
        target.searchParams.set('timestamp', String(now))
        target.searchParams.set('sign', hmac(secret, `${now}\n${secret}`))
      }
      const title = titleOf(lines.length, opened, language)
      const text = [`#### ${title}`, ...lines, `[${openWords(language)}](${link})`].join('\n\n')
      return { target: target.href, body: { msgtype: 'markdown', markdown: { title, text } } }
    },
    problem,
  },
  feishu: {
    message({ url, secret, now, lines, opened, language, link }) {
      const timestamp = String(Math.floor(now / 1_000))
      // The text to be signed is empty; what one would expect there is the key.
      const signed = secret === null ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
      const card = {
        config: { wide_screen_mode: true },
        header: { title: { tag: 'plain_text', content: titleOf(lines.length, opened, language) }, template: opened ? 'red' : 'green' },
        elements: [
          { tag: 'markdown', content: lines.join('\n') },
          {
            tag: 'action',
            actions: [{ tag: 'button', type: 'primary', url: link, text: { tag: 'plain_text', content: openWords(language) } }],
          },
        ],
      }
      return { target: url, body: { ...signed, msg_type: 'interactive', card } }
    },
    problem,
  },
  wecom: {
    message({ url, lines, opened, language, link }) {
      const title = titleOf(lines.length, opened, language)
      const content = [
        `**<font color="${opened ? 'warning' : 'info'}">${title}</font>**`,
        ...lines.map((line) => `> ${line}`),
        `[${openWords(language)}](${link})`,
      ]
      return { target: url, body: { msgtype: 'markdown', markdown: { content: content.join('\n') } } }
    },
    problem,
  },
}
