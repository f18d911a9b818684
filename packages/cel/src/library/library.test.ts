import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from '../cel-error.ts';
import { compile } from '../compile.ts';
import { Authorizer, authorizerType } from './authorizer.ts';

const variables = { object: 'dyn', names: { list: 'string' } };
const values = { object: { list: [3, 1, 2], map: { a: 1, b: 2 } }, names: ['b', 'a', 'b'] };

function run(expression: string): unknown {
  try {
    return compile(expression, { variables }).evaluate(values);
  } catch (error) {
    if (error instanceof CelError) return `${error.reason}: ${error.message.split('\n')[0]}`;
    throw error;
  }
}

/** Each expression with what it gives, or the error it ends in. */
function table(cases: Record<string, unknown>): void {
  for (const [expression, result] of Object.entries(cases)) assert.deepEqual(run(expression), result, expression);
}

test('lists', () => {
  table({
    '[1, 2, 2].isSorted() && !names.isSorted()': true,
    '[1, 2].sum() + [3].max()': 6,
    '[1.5, 2.5].sum()': 4,
    'names.min() + names.max()': 'ab',
    'object.list.max() == 3': true,
    'names.indexOf("b") + names.lastIndexOf("b") * 10': 20,
    'names.indexOf("z")': -1,
    'dyn([]).min()': 'evaluate: min called on empty list',
  });
});

test('the list extension', () => {
  table({
    '[1, 2, 3].slice(1, 3)': [2, 3],
    '[1].slice(0, 2)': 'evaluate: cannot slice(0, 2), list is length 1',
    '[1].slice(1, 0)': 'evaluate: cannot slice(1, 0), start index must be less than or equal to end index',
    '[[1], [2, 3]].flatten() == [1, 2, 3] && [[[1]]].flatten(2) == [1]': true,
    '[1, 2, 1].distinct() == [1, 2] && [dyn(1), dyn(1.0), dyn(1u)].distinct().size() == 1': true,
    'names.distinct().reverse()': ['a', 'b'],
    'names.sort()': ['a', 'b', 'b'],
    'object.list.sort()': [1, 2, 3],
    '[{"n": 2}, {"n": 1}].sortBy(e, e.n)[0].n': 1,
    'names.sortBy(e, e)[0]': 'a',
    '[dyn(1), dyn("a")].sort()': 'evaluate: list elements must have the same type',
    'dyn([[1], [2]]).sort()': 'evaluate: list elements must be comparable',
    'lists.range(3)': [0, 1, 2],
    'lists.range(100000000)': 'evaluate: lists.range(100000000) is longer than 1000000',
    'names.first().value() + names.last().value()': 'bb',
    '[1].slice(0, 0).first().hasValue()': false,
  });
});

test('strings and regular expressions', () => {
  table({
    '"a😀bc".indexOf("b") == 2 && "a😀bc".substring(1, 3) == "😀b" && "tacocat".lastIndexOf("a") == 5': true,
    '"hello".replace("l", "L", 1) + "TEN".lowerAscii() + "é".upperAscii()': 'heLlotené',
    '"abc".charAt(1) + "a,b,c".split(",", 2)[1] + [" x "].join().trim()': 'bb,cx',
    '"abc".substring(4)': 'evaluate: index out of range: 4',
    '"%s %d %.1f %x %e %b".format(["a", 7, 2.55, 255, 1200.0, 5])': 'a 7 2.5 ff 1.200000e+03 101',
    '"%s".format([[1, 2]]) + "%s".format([{"k": true}])': '[1, 2]{k: true}',
    'strings.quote("a\\"b")': '"a\\"b"',
    '"abc 123 45".find("[0-9]+") + string("abc 123 45".findAll("[0-9]+").size())': '1232',
    '"aab".matches("^a+b$") && matches("xay", "a")': true,
    '"a".matches("("+"")': 'evaluate: error parsing regexp: missing closing ): `(`',
    '"a".matches("(?=a)"+"")': 'evaluate: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
  });
});

test('quantities', () => {
  table({
    'quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1000m") == quantity("1")': true,
    'quantity("1.5Gi").add(quantity("512Mi")).sub(1)': '2147483647',
    'quantity("50k").asInteger() + quantity("-2").sign()': 49_999,
    'quantity("100m").isInteger() || !isQuantity("3x")': true,
    'quantity("1").compareTo(quantity("2"))': -1,
    'quantity("100m").asApproximateFloat()': 0.1,
  });
  assert.match(String(run('quantity("x")')), /^evaluate: quantities must match the regular expression/);
});

test('literals that can never be right are told at once', () => {
  table({
    'names[0].matches("(")': 'compile: compilation failed: ERROR: <input>:1:18: invalid matches argument',
    'duration("1x") > duration("1s")': 'compile: compilation failed: ERROR: <input>:1:10: invalid duration argument',
    'timestamp("2024-05-01 10:00:00")': 'compile: compilation failed: ERROR: <input>:1:11: invalid timestamp argument',
  });
});

test('semantic versions', () => {
  table({
    'isSemver("1.2.3-rc.1+b") && !isSemver("1.2") && !isSemver("01.2.3") && isSemver("v01.2", true)': true,
    'semver("1.2.3") == semver("v1.2.3", true) && semver("1.10.0").isGreaterThan(semver("1.9.9"))': true,
    'semver("1.0.0-alpha.1").isLessThan(semver("1.0.0-alpha.beta")) && semver("1.0.0-rc.1").isLessThan(semver("1.0.0"))': true,
    'semver("3.4.5").major() * 100 + semver("3.4.5").minor() * 10 + semver("3.4.5").patch()': 345,
    'semver("1.0.0-a").compareTo(semver("1.0.0-a.1"))': -1,
  });
});

test('addresses and networks', () => {
  table({
    'isIP("::1") && !isIP("127.0.0.256") && !isIP("::ffff:1.2.3.4") && !isIP("fe80::1%eth0")': true,
    'ip("2001:DB8:0:0::1") == ip("2001:db8::1") && string(ip("2001:DB8::0:1")) == "2001:db8::1"': true,
    'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")': true,
    'ip("127.3.2.1").isLoopback() && ip("ff02::1").isLinkLocalMulticast() && ip("fe80::1").isLinkLocalUnicast()': true,
    'ip("192.168.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast() && ip("::").isUnspecified()': true,
    'ip("::1").family()': 6,
    'cidr("10.0.0.0/8").containsIP("10.1.2.3") && cidr("10.0.0.0/8").containsCIDR(cidr("10.1.0.0/16"))': true,
    'cidr("::1/24").ip() == ip("::1") && string(cidr("192.168.1.7/24").masked()) == "192.168.1.0/24"': true,
    'cidr("10.0.0.0/8").prefixLength() == 8 && !isCIDR("10.0.0.0/33")': true,
  });
});

test('URLs', () => {
  table({
    'url("https://example.com:80/path?k=a&k=b").getHost()': 'example.com:80',
    'url("https://[::1]:80/").getHostname() + url("https://user@h/").getHost()': '::1h',
    'url("https://h/path with spaces").getEscapedPath()':
      'evaluate: URL parse error during conversion from string: parse "https://h/path with spaces": invalid URI for request',
    'url("https://h/a%20b").getEscapedPath() + url("/p?k=v").getScheme()': '/a%20b',
    'url("https://h/?k1=a&k2=b&k1=c").getQuery()': { k1: ['a', 'c'], k2: ['b'] },
    'isURL("https://h") && isURL("/p") && !isURL("h/p") && !isURL("https://a:b/")': true,
  });
});

test('formats', () => {
  table({
    'format.dns1123Label().validate("a-b").hasValue()': false,
    'format.named("uuid").value().validate("x").value()': ['does not match the UUID format'],
    'format.named("nope").hasValue()': false,
    'format.date().validate("2021-01-01").hasValue() || format.datetime().validate("2021-01-01").hasValue()': true,
    'format.dns1123LabelPrefix().validate("my-prefix-").hasValue()': false,
  });
});

test('sets, optionals, times', () => {
  table({
    'sets.contains([1, 2], [2]) && sets.equivalent([1, 2, 2], [2, 1]) && !sets.intersects([1], [2])': true,
    'object.?map.?a.orValue(5) + object.?nope.?a.orValue(5)': 6,
    'optional.of(1).or(optional.none()).value()': 1,
    'optional.none().value()': 'evaluate: optional.none() dereference',
    'timestamp("2024-05-01T10:00:00Z") - timestamp("2024-05-01T09:30:00Z") == duration("30m")': true,
    'string(timestamp("2024-05-01T10:00:00.5Z") + duration("1h")) + string(duration("90s"))': '2024-05-01T11:00:00.5Z90s',
    'timestamp("2024-05-01 10:00:00" + "")': 'evaluate: parsing time "2024-05-01 10:00:00": invalid timestamp',
  });
});

test('parts of times, in any zone, wherever this runs', () => {
  table({
    'timestamp("2024-07-05T10:20:30.123Z").getDayOfYear()': 186,
    'timestamp("2024-12-31T23:30:00Z").getDayOfYear("Asia/Tokyo")': 0,
    'timestamp("2024-07-05T23:20:30Z").getDayOfMonth("+02:00") + timestamp("2024-07-05T23:20:30Z").getHours("-08:30") * 100': 1405,
    'timestamp("2024-03-10T07:30:00Z").getHours("America/New_York") == 3 && timestamp("2024-07-05T10:20:30Z").getMonth() == 6': true,
    'timestamp("2024-07-05T10:20:30Z").getHours("Nope/Zone")': 'evaluate: unknown time zone Nope/Zone',
    'duration("3730s").getMinutes()': 62,
  });
});

test('optional macros, and optional entries of literals', () => {
  table({
    '[1, ?object.?map.?a, ?object.?map.?z].size()': 2,
    "{'x': 1, ?'a': object.?map.?a, ?'z': object.?map.?z}": { x: 1, a: 1 },
    "names[?1].orValue('?') + {?'k': optional.of('[?')}.k + [?(optional.none()), 'e'][0]": 'a[?e',
    '[?1]': "compile: compilation failed: ERROR: <input>:1:3: expected type 'optional_type(dyn)' but found 'int'",
    '2 in [?optional.of(2)] ? [?optional.of(3)][0] : 1': 3,
    'object.?map.?a.optMap(a, a + 1).orValue(0)': 2,
    'object.?nope.optMap(a, a + 1).hasValue() || optional.ofNonZeroValue("").hasValue()': false,
    'optional.of(object).optFlatMap(o, o.?map).value().b': 2,
  });
});

test('macros of two variables', () => {
  table({
    'object.list.all(i, e, i < 3 && e > 0) && object.map.exists(k, v, k == "b" && v == 2)': true,
    'object.list.existsOne(i, e, e == i)': false,
    'object.list.transformList(i, e, e > 1, e * 10 + i)': [30, 22],
    'object.map.transformMap(k, v, v + 1)': { a: 2, b: 3 },
    'object.map.transformMapEntry(k, v, {string(v): k})': { 1: 'a', 2: 'b' },
    'object.list.all(i, e, object.list.exists(j, f, j == i && f == e))': true,
  });
});

test('the authorizer is asked what the expression spells out', () => {
  const asked: unknown[] = [];
  const authorizer = new Authorizer(
    (question, serviceAccount) => {
      asked.push(serviceAccount ? { ...question, serviceAccount } : question);
      return { allowed: question.verb === 'get', reason: 'said so' };
    },
    { group: 'apps', resource: 'deployments', subresource: '', namespace: 'd', name: 'web' },
  );
  const ask = (expression: string): unknown => compile(expression, { variables: { authorizer: authorizerType } }).evaluate({ authorizer });
  assert.equal(ask("authorizer.group('').resource('pods').subresource('log').namespace('n').name('p').check('get').allowed()"), true);
  assert.equal(ask("authorizer.requestResource.check('delete').allowed()"), false);
  assert.equal(ask("authorizer.serviceAccount('n', 's').path('/healthz').check('get').reason()"), 'said so');
  assert.deepEqual(asked, [
    { group: '', resource: 'pods', subresource: 'log', namespace: 'n', name: 'p', verb: 'get' },
    { group: 'apps', resource: 'deployments', subresource: '', namespace: 'd', name: 'web', verb: 'delete' },
    { path: '/healthz', verb: 'get', serviceAccount: { namespace: 'n', name: 's' } },
  ]);
  const check = "authorizer.path('/').check('get').allowed()";
  assert.throws(() => ask([check, check, check].join(' && ')), /operation cancelled: actual cost limit exceeded/);
});
