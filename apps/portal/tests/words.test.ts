import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFormat } from '../src/lib/format.ts';
import { translate } from '../src/lib/messages.ts';
import { openingSentence } from '../src/lib/opening.ts';
import { safePath } from '../src/lib/server/paths.ts';

const tables = (['fr', 'en'] as const).map(
	(locale) =>
		JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8')) as Record<
			string,
			string
		>,
);

describe('messages', () => {
	test('are the same in both languages, blanks included', () => {
		const [fr = {}, en = {}] = tables;
		expect(Object.keys(en)).toEqual(Object.keys(fr));
		const blanks = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
		for (const [key, text] of Object.entries(fr)) {
			expect(blanks(en[key]), key).toEqual(blanks(text));
			expect(text, key).not.toMatch(/'/);
		}
	});

	test('are there for every key that a page names', () => {
		const [fr = {}] = tables;
		const source = new URL('../src/', import.meta.url);
		const missing = new Set<string>();
		for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
			if (!/\.(svelte|ts)$/.test(file)) continue;
			for (const [, key = ''] of readFileSync(new URL(file, source), 'utf8').matchAll(/\bt\(\s*'([\w.]+)'/g))
				if (!(key in fr) && !(`${key}_one` in fr)) missing.add(key);
		}
		expect([...missing]).toEqual([]);
	});

	test('count as each language does', () => {
		expect(translate('fr', 'places.count', { count: 0 })).toBe('0 lieu');
		expect(translate('en', 'places.count', { count: 0 })).toBe('0 places');
		expect(translate('fr', 'places.count', { count: 1200 })).toMatch(/^1\s200 lieux$/);
	});
});

describe('opening hours in words', () => {
	const now = new Date('2026-11-23T15:00:00Z');
	const at = (text: string) => new Date(text);

	test.each([
		[true, '2026-11-23T17:00:00Z', 'Ouvert jusqu’à 18:00'],
		[false, '2026-11-23T17:00:00Z', 'Fermé, ouvre à 18:00'],
		[false, '2026-11-24T07:30:00Z', 'Fermé, ouvre demain à 08:30'],
		[false, '2026-11-26T07:30:00Z', 'Fermé, ouvre jeudi à 08:30'],
	])('open %s, changes at %s', (open, change, sentence) => {
		expect(openingSentence({ open, changesAt: at(change) }, 'fr', now)).toBe(sentence);
	});

	test('that never change', () => {
		expect(openingSentence({ open: true, changesAt: null }, 'fr', now)).toBe('Ouvert en permanence');
		expect(openingSentence({ open: false, changesAt: null }, 'en', now)).toBe('Closed');
	});
});

describe('formats', () => {
	const fr = createFormat('fr');

	test('tell time on the town’s clock', () => {
		expect(fr.time(new Date('2026-07-14T20:30:00Z'))).toBe('22:30');
		expect(fr.date(new Date('2026-01-01T12:00:00Z'))).toBe('jeudi 1er janvier 2026');
	});

	test('tell ages, distances and durations as people do', () => {
		const now = new Date('2026-11-23T15:00:00Z');
		expect(fr.relative(new Date('2026-11-23T14:59:40Z'), now)).toBe('à l’instant');
		expect(fr.relative(new Date('2026-11-23T14:45:00Z'), now)).toBe('il y a 15 minutes');
		expect(fr.distance(347)).toBe('350 m');
		expect(fr.distance(1230)).toBe('1,2 km');
		expect(fr.duration(600)).toMatch(/^10\sminutes$/);
	});
});

test('one comes back to pages of this site only', () => {
	expect(safePath('/espace?x=1')).toBe('/espace?x=1');
	for (const path of [
		'//elsewhere.example',
		'/\\elsewhere.example',
		'https://elsewhere.example',
		'/\t/elsewhere.example',
		'',
		null,
	])
		expect(safePath(path)).toBe('/');
});
