import { App, Button, type ButtonProps } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { errorWords } from './states.tsx'
import { texts } from './texts.ts'

export interface ConfirmActionProps extends Omit<ButtonProps, 'onClick' | 'title'> {
  /** The question: what will happen, to how many people, for how much. */
  title: ReactNode
  text?: ReactNode
  /** The verb on the button that does it; never just "OK". */
  doIt: string
  run: () => Promise<unknown>
  done?: string
}

/** A button for what sends, deletes, publishes or spends: it asks once, and stays open when it fails. */
export function ConfirmAction({ title, text, doIt, run, done, ...button }: ConfirmActionProps) {
  const t = useT(texts)
  const language = useLanguage()
  const { modal, message } = App.useApp()
  const ask = () => {
    modal.confirm({
      title,
      content: text,
      okText: doIt,
      cancelText: t('cancel'),
      okButtonProps: button.danger ? { danger: true } : {},
      onOk: async () => {
        try {
          await run()
          if (done) message.success(done)
        } catch (error) {
          message.error(errorWords(error, t, language))
          throw error
        }
      },
    })
  }
  return <Button {...button} onClick={ask} />
}

/** Runs a change and says how it ended; answers whether it succeeded. */
export function useRun() {
  const t = useT(texts)
  const language = useLanguage()
  const { message } = App.useApp()
  return async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    try {
      await work()
      if (done) message.success(done)
      return true
    } catch (error) {
      message.error(errorWords(error, t, language))
      return false
    }
  }
}
