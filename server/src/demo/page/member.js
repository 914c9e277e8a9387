import { register, signOut } from './actions.js'
import { h } from './dom.js'
import { ticket } from './parts.js'
import { state } from './state.js'
import { dateText, t } from './texts.js'

function field(label, input, hint) {
  return h('label', {}, label, input, hint ? h('span', { class: 'hint' }, hint) : null)
}

function registerForm() {
  const name = h('input', { name: 'name', autocomplete: 'name', maxlength: 40, required: true })
  const phone = h('input', {
    name: 'phone',
    type: 'tel',
    inputmode: 'numeric',
    autocomplete: 'tel-national',
    maxlength: 11,
    required: true,
  })
  const birthday = h('input', { name: 'birthday', type: 'date', autocomplete: 'bday', max: new Date().toISOString().slice(0, 10) })
  // Not ticked beforehand: consent is given, never assumed (个人信息保护法 §14).
  const consent = h('input', { name: 'consent', type: 'checkbox' })
  const problem = h('p', { class: 'problem', role: 'alert' })
  const submit = (event) => {
    event.preventDefault()
    const who = { name: name.value.trim(), phone: phone.value.trim(), birthday: birthday.value, consent: consent.checked }
    if (who.name === '') problem.textContent = t('badName')
    else if (!/^1[3-9]\d{9}$/.test(who.phone)) problem.textContent = t('badPhone')
    else register(who)
  }
  return h(
    'form',
    { class: 'register', onsubmit: submit, novalidate: true },
    field(t('name'), name),
    field(t('phoneNumber'), phone, t('phoneHint')),
    field(t('birthday'), birthday),
    h('label', { class: 'check' }, consent, h('span', {}, t('consent'))),
    problem,
    h('button', { class: 'pill wide', type: 'submit' }, t('register')),
  )
}

export function me() {
  const { session } = state
  if (session === null) return [ticket(), h('div', { class: 'panel' }, h('h1', {}, t('registerTitle')), registerForm())]
  const coupons = Object.values(session.coupons)
  return [
    h(
      'div',
      { class: 'panel' },
      h('h1', {}, session.name),
      h('p', { class: 'quiet' }, session.phone),
      h('p', { class: 'quiet' }, `${t('customerId')} ${session.userId}`),
      h('button', { class: 'link', onclick: signOut }, t('signOut')),
    ),
    h(
      'div',
      { class: 'panel' },
      h('h2', {}, t('myCoupons')),
      coupons.length === 0 ? h('p', { class: 'quiet' }, t('noCoupons')) : null,
      coupons.map(({ code, expiresAt }) =>
        h('p', {}, h('b', {}, t('couponTitle')), ` · ${code} · ${t('until', { date: dateText(expiresAt) })}`),
      ),
      coupons.length === 0 ? ticket() : null,
    ),
  ]
}
