import type { Language } from '../i18n/language.ts'

// The server speaks English, to developers, in few sentences; operators read them here. A test holds that every sentence
// of the rooms that check input has its Chinese.
type Sentences = readonly (readonly [english: RegExp, chinese: string | ((whole: string, ...parts: string[]) => string)])[]

const typeWords: readonly (readonly [string, string])[] = [
  ['true or false', '是否'],
  ['a text', '文本'],
  ['a number', '数字'],
  ['a list', '列表'],
  ['an object', '对象'],
  ['empty', '空'],
  [' or ', '或'],
]
const types = (text: string) => typeWords.reduce((said, [english, chinese]) => said.replaceAll(english, chinese), text)

const intake: Sentences = [
  [/^must be an object$/, '应是一个对象'],
  [/^must be an array of messages$/, '应是事件数组'],
  [/^must be one of (.+)$/, '只能是 $1 之一'],
  [/^must be text \(numbers beyond 2\^53 lose digits: send them as text\)$/, '应是文本；超过 2^53 的数字会丢位，请改用文本'],
  [/^is longer than (\d+) characters$/, '超过 $1 个字符'],
  [/^is missing: a track call names its event$/, '缺少事件名'],
  [/^is missing: a message needs a userId or an anonymousId$/, '缺少用户标识，userId 和 anonymousId 至少要有一个'],
  [/^is missing: alias joins previousId to userId$/, '缺少标识，alias 要同时给出 previousId 和 userId'],
  [/^has more than (\d+) attributes$/, '属性超过 $1 个'],
  [/^is larger than (\d+) KB; send less with one event$/, '超过 $1 KB，请精简单条事件'],
  [/^is no ISO 8601 instant.*$/, '不是标准时间，应写成 2026-03-02T10:00:00.000Z'],
  [/^lies more than a day in the future.*$/, '比现在晚一天以上，请检查设备时钟或时间单位（毫秒）'],
  [/^lies before 1990.*$/, '早于 1990 年，请检查设备时钟或时间单位（毫秒）'],
  [/^holds a NUL character.*$/, '含有空字符，请去掉'],
  [/^holds half of a surrogate pair.*$/, '含有残缺的字符，请检查编码'],
  [/^is nested more than (\d+) levels.*$/, '嵌套超过 $1 层'],
  [/^is no JSON: .*position (\d+).*$/s, '不是合法的 JSON，第 $1 个字符处有误'],
  [/^is no JSON.*$/s, '不是合法的 JSON'],
  [/^could not be stored: (.+)$/s, '无法入库（$1）'],
  [/^flatten it$/, '嵌套太深，请减少层级'],
  [/^is no name that Sensors allows.*"(.*)"$/, '「$1」不是神策允许的名称：字母、数字、_ 和 $，最多 100 个字符，且不是保留字'],
  [/^must be a list of texts.*$/, '应是文本列表'],
  [/^must not hold an object.*$/, '不能是对象，请拆成单独的属性'],
  [/^must be a number: it is added$/, '应是数字，会累加到原值上'],
  [/^must be text$/, '应是文本'],
  [/^is missing$/, '缺少'],
  [/^is "(.*)"; taken are (.+)$/, '类型「$1」不支持，支持的有 $2'],
  [/^is missing: a track record names its event$/, '缺少事件名'],
  [/^is missing: a record needs a distinct_id, or identities$/, '缺少用户标识，distinct_id 和 identities 至少要有一个'],
]

const journeys: Sentences = [
  [/^(\S+) is called "(.+)" too; give this node an id of its own$/, '与 $1 用了同一个编号「$2」'],
  [/^(\S+) is called "(.+)" too; give this way an id of its own$/, '与 $1 用了同一个编号「$2」'],
  [/^"otherwise" is what the last way is called; give this one another id$/, '「otherwise」是最后一条路的编号，请换一个'],
  [/^the shares make ([\d.]+) per cent; make them 100$/, '各路占比合计 $1%，应为 100%'],
  [/^there is a control group already; a split has one at most$/, '已有一个对照组，一个分流最多一个'],
  [/^the control group gets nothing; lead it to an exit node, not to "(.+)"$/, '对照组不触达，应直接通向结束步骤，而不是「$1」'],
  [/^there is no node "(.+)"; name the node that people come to first$/, '第一步「$1」不存在'],
  [/^there is no node "(.+)"; lead to one that is there$/, '通向不存在的步骤「$1」'],
  [/^no node ends the journey.*$/, '流程没有结束步骤'],
  [/^nobody ever comes to "(.+)".*$/, '没有路径通到「$1」'],
  [/^from "(.+)" no way leads to an exit.*$/, '从「$1」走不到任何结束'],
  [/^(.+) form a circle without a wait.*$/, '$1 形成没有等待的循环，请在循环里加一个等待'],
  [/^there is no template "(.+)".*$/, '没有模板「$1」，请新建或换一个'],
  [/^template "(.+)" is for .+$/, '模板「$1」不是这个渠道的，请换渠道或模板'],
  [/^template "(.+)" offers the coupon "(.+)", which is archived.*$/, '模板「$1」发的优惠券「$2」已归档或不存在'],
  [/^there is no segment "(.+)"; create it.*$/, '没有人群「$1」，请新建或换一个'],
]

const rules: Sentences = [
  [/^a rule has at most (\d+) conditions, groups among them; this one has (\d+)$/, '条件（分组也算）最多 $1 个，现在有 $2 个'],
  [/^a group has at most (\d+) conditions; this one has (\d+); put some.*$/, '一组最多 $1 个条件，现在有 $2 个，请把一部分放进新的条件组'],
  [/^conditions are nested at most (\d+) deep$/, '条件最多嵌套 $1 层'],
  [/^the span ends before it begins: "from" is the longer time ago$/, '时间段的结束早于开始，「从」应是更早的时间'],
  [/^the span ends before it begins$/, '时间段的结束早于开始'],
  [/^give the day that it begins or ends with$/, '请填写开始或结束的日期'],
  [/^the share ends before it begins$/, '比例的结束小于开始'],
  [/^a list of objects \("(.+)"\) can be asked.*$/, '「$1」是对象列表，只能用包含任一、包含全部、都不包含'],
  [/^a sequence has at least two steps.*$/, '先后行为至少要有两步，或者一步加上之后不能发生的行为'],
  [/^other steps name a property that must be the same.*$/, '其他步骤指定了要相同的属性，这一步也要指定'],
  [/^there is no step before the first; give the time.*$/, '第一步之前没有步骤，请把时间限制放到下一步'],
  [/^at least so long after the step before is longer than "within" allows$/, '至少间隔的时间比限时还长'],
  [/^the times that steps lie apart at least are longer than this$/, '各步至少间隔的时间加起来超过全程限时'],
  [/^give hours, weekdays, or both$/, '请选择时段或星期'],
  [/^a local time, like 09:00$/, '应是 09:00 这样的时间'],
  [/^there is no step before the first; give this.*$/, '第一步之前没有步骤，请放到下一步'],
  [/^no step names a property that it could equal$/, '没有步骤指定了可以相同的属性'],
  [/^no event "(.+)" has arrived so far$/, '还没有收到过行为「$1」'],
  [/^nobody had the attribute "(.+)" so far$/, '还没有用户有属性「$1」'],
  [/^nobody had the property "(.+)" of "(.+)" so far$/, '行为「$2」还没有带过属性「$1」'],
  [
    /^the attribute "(.+)" was always (.+) so far, and this test needs (.+)$/,
    (_, name = '', was = '', needs = '') => `属性「${name}」到现在都是${types(was)}，这个条件要的是${types(needs)}`,
  ],
  [
    /^the property "(.+)" of "(.+)" was always (.+) so far, and this test needs (.+)$/,
    (_, name = '', event = '', was = '', needs = '') =>
      `行为「${event}」的属性「${name}」到现在都是${types(was)}，这个条件要的是${types(needs)}`,
  ],
  [/^tags and segments name one another through more than (\d+) definitions$/, '标签和人群互相引用超过 $1 层，请减少一些'],
  [/^there was no revision (\d+)$/, '没有第 $1 版'],
  [/^choose a month that has begun$/, '请选择已经开始的月份'],
  [/^the rule comes back to itself: (.+)$/, '条件绕回了自己：$1'],
  [/^there is no tag with the key "(.+)"$/, '没有标签「$1」'],
  [/^there is no segment with the key "(.+)"$/, '没有人群「$1」'],
  [/^with the tags and segments that it names.*$/, '引用的标签和人群太多，请减少一些'],
  [/^the rule is too large to evaluate.*$/, '规则太大，请减少条件或属性筛选'],
  [/^the tag "(.+)" has no values$/, '标签「$1」没有值可选'],
  [/^the tag "(.+)" has no value "(.+)"; it has .+$/, '标签「$1」没有值「$2」，请改选'],
  [/^a tag with values has a rule for each of them.*$/, '多值标签的规则写在每个值上'],
  [/^the rules are not those that the model writes.*$/, '规则和模型写出的不一样；手动编辑规则时请去掉模型'],
  [/^The boundaries of this tag are not taken from the distribution$/, '这个标签的边界不是按分布取的'],
  [/^Nobody had "(.+)" in the last (\d+) days.*$/, '最近 $2 天没有人有行为「$1」，边界保持不变'],
  [/^must be more than the days of the active$/, '要大于活跃的天数'],
  [/^must be more than the amount of the middle band$/, '要大于中价值的金额'],
  [/^must be less than the days that are looked at$/, '要小于统计的天数'],
  [/^only a tag of the mode "valued" has values$/, '只有多值标签可以有值'],
  [/^only a tag with values can have several at once$/, '只有多值标签可以同时有多个值'],
  [/^the values of a model stand in its order.*$/, '模型生成的值有先后，每人只有一个；请改为手动编辑'],
  [/^a tag with values has (\d+) to (\d+) of them$/, '多值标签要有 $1 到 $2 个值'],
  [/^"(.+)" is the value of values\.\d+ too$/, '值「$1」重复了'],
  [/^(?:tag|segment|journey) "(.+)" \(.+\) asks for the value "(.+)"$/, '「$1」正在使用值「$2」，不能删除或改名'],
  [/^is no workbook.*$/, '不是 Excel 工作簿（.xlsx），请另存为 .xlsx 或 CSV'],
  [/^"(.+)" has more than the (\d+) characters that a cell takes; use CSV$/, '「$1」的规则超过一个单元格的 $2 个字，请导出 CSV'],
  [/^lacks the column (.+)$/, '缺少列 $1'],
  [/^"(.*)" is none of (.+)$/, '「$1」不在其中：$2'],
  [/^the key "(.+)" stands in line (\d+) too$/, '键「$1」和第 $2 行重复'],
  [/^the rule is not JSON: .*$/s, '规则不是合法的 JSON'],
  [/^names (?:(?:tag|segment):)?(.+), which is neither in the files nor on the server$/, '引用的「$1」表里和系统里都没有'],
  [/^is (.+) on the server and (.+) in the file; give the new one another key$/, '更新方式和系统里的不同，请换一个键'],
  [/^definitions name each other in a circle: (.+)$/, '互相引用成环：$1'],
  [/^a dynamic definition needs a rule$/, '动态更新需要设置规则'],
  [/^a static definition has no rule.*$/, '静态的没有规则，请去掉规则或改成动态更新'],
  [/^the key "(.+)" is taken.*$/, '标识「$1」已被占用（可能是归档的），请换一个'],
  [/^give a key$/, '请填写标识'],
  [/^(?:tag|segment|journey) "(.+)" \(.+\) uses it$/, '「$1」正在使用它'],
  [/^there is no person (\d+)$/, '没有用户 #$1'],
]

const insight: Sentences = [
  [/^there is no such tag; choose another$/, '没有这个标签，请另选'],
  [/^there is no such segment; choose another$/, '没有这个人群，请另选'],
  [/^name each only once$/, '每个只能选一次'],
  [/^at most (\d+) days at once$/, '一次最多看 $1 天'],
  [/^name two to six, as .+$/, '请选 2–6 个'],
  [/^name (?:it|them) as .+$/, '应写成「类型:标识」'],
  [/^a month, like (.+)$/, '应是月份，例如 $1'],
  [/^choose a month that has begun$/, '请选已经开始的月份'],
  [/^write it as JSON: .+$/, '属性值写法不对'],
  [/^is needed with tagValue$/, '缺少标签'],
  [/^is needed with value, prefix, min and max$/, '缺少属性名'],
]

const forms: Sentences = [
  [/^needed$/, '必填'],
  [/^one of (.+)$/, '只能是 $1 之一'],
  [/^an address that starts with https.*$/, '应以 https://（或 http://）开头'],
  [/^2 to 20 characters, without brackets$/, '2 到 20 个字，不带括号'],
  [/^how to refuse, e\.g\. (.+); at most (\d+) characters$/, '写明如何退订，例如 $1，最多 $2 个字'],
  [/^a whole number of fen, 0 or more$/, '应是不小于 0 的整数（分）'],
  [/^must be 1 to 100$/, '应在 1 到 100 之间'],
  [/^at most (\d+)$/, '最多 $1'],
  [/^is needed with stage and node$/, '缺少流程'],
  [/^pass back nextCursor as it came$/, '翻页位置无效，请刷新页面'],
  [/^lower-case letters, digits, _ and -, at most 64$/, '小写字母、数字、下划线或连字符，最多 64 个'],
  [/^lower-case letters, digits and _ \(at most 40\)$/, '小写字母、数字或下划线，最多 40 个'],
  [/^the name of an IANA time zone.*$/, '应是时区名，例如 Asia/Shanghai'],
  // The schemas' own.
  [/^Invalid input: expected .+, received undefined$/, '必填'],
  [/^Invalid input: expected (\S+), received (\S+)$/, '类型不对，应是 $1'],
  [/^Invalid discriminator value\. Expected (.+)$/, '只能是 $1 之一'],
  [/^Invalid option: expected one of (.+)$/, '只能是 $1 之一'],
  [/^Too big: expected string to have <=(\d+) characters$/, '最多 $1 个字'],
  [/^Too small: expected string to have >=1 characters$/, '必填'],
  [/^Too small: expected string to have >=(\d+) characters$/, '至少 $1 个字'],
  [/^Too big: expected array to have <=(\d+) items$/, '最多 $1 项'],
  [/^Too small: expected array to have >=(\d+) items$/, '至少 $1 项'],
  [/^Too big: expected (?:number|int) to be <=(.+)$/, '不能大于 $1'],
  [/^Too big: expected (?:number|int) to be <(.+)$/, '应小于 $1'],
  [/^Too small: expected (?:number|int) to be >=(.+)$/, '不能小于 $1'],
  [/^Too small: expected (?:number|int) to be >(.+)$/, '应大于 $1'],
  [/^Invalid email address$/, '邮箱格式不对'],
  [/^Invalid string: must match pattern.*$/, '格式不对'],
  [/^Unrecognized keys?: (.+)$/, '多出了 $1'],
  [/^Invalid input$/, '填写的内容不对'],
]

const templates: Sentences = [
  [/^line (\d+), column (\d+): tag "(.+)" not found$/, '第 $1 行第 $2 个字：没有标签「$3」'],
  [/^line (\d+), column (\d+): undefined filter: (.+)$/, '第 $1 行第 $2 个字：没有过滤器「$3」'],
  [/^line (\d+), column (\d+): output "(.+)" not closed$/s, '第 $1 行第 $2 个字：「$3」没有写完，缺少 }}'],
  [/^line (\d+), column (\d+): tag "(.+)" not closed$/s, '第 $1 行第 $2 个字：「$3」没有写完'],
  [/^line (\d+), column (\d+): ranges .+$/, '第 $1 行第 $2 个字：不能用数字区间'],
  [/^line (\d+), column (\d+): a loop inside a loop.*$/, '第 $1 行第 $2 个字：循环里不能再套循环'],
  [/^line (\d+), column (\d+): longer than (\d+) characters$/, '超过 $3 个字'],
  [/^line (\d+), column (\d+): .*$/s, '第 $1 行第 $2 个字写法不对'],
  [/^the content is a .+, the template a .+$/, '内容与渠道不一致'],
  [/^the text uses \{\{ link \}\}.*$/, '正文用了短链，请填写 https:// 开头的短链网址'],
]

const sentences = [...intake, ...journeys, ...rules, ...insight, ...forms, ...templates]

/** A problem's sentence in the reader's language; one without words yet stays as it came. */
export function problemWords(message: string, language: Language): string {
  if (language === 'en') return message
  // The same call twice: its two overloads take no union.
  for (const [english, chinese] of sentences)
    if (english.test(message)) return typeof chinese === 'string' ? message.replace(english, chinese) : message.replace(english, chinese)
  return message
}
