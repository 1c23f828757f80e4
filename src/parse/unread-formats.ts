// Logs that can't be read as they are, told by a line of theirs: what each is, and what to do. A pattern is sure, or it is
// not here; it needs no more than the beginning of a line, which is what samples have.

const LINE_LENGTH_MAX = 1000;
/** Of the characters of a text, so many may be controls. */
const CONTROLS_SHARE_MAX = 1 / 16;
/** Of C1, which UTF-8 has as second bytes, none counts, nor do white space and the beginning of a colour. */
const TEXT_CONTROLS = '\t\r\n\v\f\u001b';

const NGINX_ERRORS = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]+\] \d+#\d+: /;
const APACHE_ERRORS =
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] \[(?:[a-z_]\w*:)?[a-z]+\d?\] /;

const UNREAD: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [
    /^[^\t]+\t\S*(?:INFO|ERROR|info|error)\S*\thttp\.log\.access[^\t]*\t[^\t]*\t\{/,
    "Caddy's console format: let Caddy write format json",
  ],
  [
    /^\d{9,10}\.\d{3} +-?\d+ \S+ [A-Z_]+\/\d{3} \d+ \S+ /,
    "Squid's native format: let Squid write logformat=combined",
  ],
  [
    /^(?:INFO: {5}\S+:\d+ - "[A-Z]+ |\S+:\d+ - "[A-Z]+ [^"]* HTTP\/[\d.]+" \d{3}(?: [A-Za-z '-]+)?\r?$)/,
    'the access log of uvicorn, without a time, which fluffy needs: let uvicorn write one, and give the format as log-format',
  ],
  [
    /^\S+ - \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d\] "/,
    `the log of Python's http.server or of werkzeug: give log-format as '%h - - [%{%d/%b/%Y %H:%M:%S}t] "%r" %s %b'`,
  ],
  [
    /(?:^|: )\S+:\d+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] \S+ \S+\/\S+ -?\d+\/-?\d+\/\+?\d+ \+?\d+ [A-Za-z-]{2} \d+\/\d+\//,
    "HAProxy's option tcplog, which holds no HTTP: let HAProxy write option httplog",
  ],
  [
    /^(?:\xff\xfe|\xfe\xff|\0?[ -~]\0[ -~]\0[ -~])/,
    'text in UTF-16, as PowerShell writes it: fluffy reads UTF-8, such as Out-File -Encoding utf8 gives',
  ],
  [
    /^\s*(?:\[\s*(?:\{.*)?|\{".*\},|\]),?\s*$/s,
    "a part of a JSON array, and fluffy reads an object a line: 'jq -c .[] FILE' makes that of it",
  ],
  [
    /^\s*(?:"[^"]*"\s*:\s.*|[{}]|\}\s*,)\s*$/s,
    "a part of a JSON object, and fluffy reads an object a line: 'jq -c . FILE' makes that of it",
  ],
  [NGINX_ERRORS, 'an error log of nginx: fluffy reads the access log'],
  [APACHE_ERRORS, 'an error log of Apache: fluffy reads the access log'],
];

const BINARY = 'no text, but the bytes of a program, an image or the like';

/** What a line is that no format fits, as the end of a sentence; null when that is not known. */
export function recogniseUnread(line: string): string | null {
  const head = line.slice(0, LINE_LENGTH_MAX);
  const known = UNREAD.find(([pattern]) => pattern.test(head))?.[1];
  return known ?? (isBinary(head) ? BINARY : null);
}

function isOfBinary(control: string): boolean {
  return control < ' ' && !TEXT_CONTROLS.includes(control);
}

/** Zeros before a line are what truncating leaves of a log that its server does not append to. */
function isBinary(head: string): boolean {
  const text = head.replace(/^\0+/, '');
  const controls = text.match(/\p{Cc}/gu)?.filter(isOfBinary).length ?? 0;
  return controls > CONTROLS_SHARE_MAX * text.length;
}

/** Whether a line is one of an error log of nginx or Apache. */
export function isOfErrorLog(line: string): boolean {
  return NGINX_ERRORS.test(line) || APACHE_ERRORS.test(line);
}
