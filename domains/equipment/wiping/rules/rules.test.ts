import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical.ts';
import { maskSerial } from './mask.ts';
import { certificateNumber, checkCharacters, readCertificateNumber } from './number.ts';
import { readNwipeReport } from './nwipe.ts';
import { commitmentOf, drawOf, isSample } from './sampling.ts';
import { askedMethod, media, methodOf, methods, suffices, techniques, techniqueTable } from './techniques.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const numbers = fc
	.tuple(fc.integer({ min: 2000, max: 2999 }), fc.integer({ min: 1, max: 1_500_000 }))
	.map(([year, rank]) => certificateNumber(year, rank));

describe('the number of a certificate', () => {
	it('has the check characters of ISO/IEC 7064, MOD 1271-36', () => {
		expect(checkCharacters('ISO79')).toBe('3W');
	});

	it('is read however it is typed', () => {
		fc.assert(
			fc.property(numbers, (number) => {
				expect(readCertificateNumber(number)).toBe(number);
				expect(readCertificateNumber(` ${number.toLowerCase().replaceAll('-', ' ')} `)).toBe(number);
				expect(readCertificateNumber(number.replaceAll('-', ''))).toBe(number);
			}),
		);
	});

	it('shows every single wrong character and every exchange of neighbours', () => {
		fc.assert(
			fc.property(numbers, (number) => {
				const bare = number.replaceAll('-', '');
				for (let at = 0; at < bare.length; at++) {
					for (const other of alphabet)
						if (other !== bare[at])
							expect(readCertificateNumber(bare.slice(0, at) + other + bare.slice(at + 1))).toBeNull();
					const [one = '', two = ''] = bare.slice(at, at + 2);
					if (two && one !== two)
						expect(readCertificateNumber(bare.slice(0, at) + two + one + bare.slice(at + 2))).toBeNull();
				}
			}),
			{ numRuns: 50 },
		);
	});

	it('reads rubbish as none', () => {
		fc.assert(fc.property(fc.string(), (text) => readCertificateNumber(text) === null));
	});
});

describe('what a technique achieves', () => {
	it('says no more than it can for flash', () => {
		expect(methodOf('overwrite', 'ssd_nvme', true)).toEqual({ ok: true, value: 'clear' });
		expect(methodOf('overwrite', 'hdd', false)).toEqual({ ok: true, value: 'clear' });
		expect(methodOf('block_erase', 'ssd_nvme', false)).toEqual({ ok: true, value: 'purge' });
		expect(methodOf('factory_reset', 'flash_embedded', true)).toEqual({ ok: true, value: 'purge' });
		expect(methodOf('factory_reset', 'flash_embedded', false)).toMatchObject({
			error: 'equipment.wipe_not_encrypted',
		});
		expect(methodOf('degauss', 'ssd_sata', false)).toMatchObject({ error: 'equipment.wipe_degauss_flash' });
		expect(methodOf('degauss', 'hdd', false)).toEqual({ ok: true, value: 'purge' });
		expect(methodOf('crypto_erase', 'unknown', true)).toMatchObject({
			error: 'equipment.wipe_unknown_medium',
		});
		expect(methodOf('shred', 'unknown', false)).toEqual({ ok: true, value: 'destroy' });
	});

	it('never rests on a key where nothing was encrypted, nor purges flash by overwriting or by a magnet', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...techniques),
				fc.constantFrom(...media),
				fc.boolean(),
				(technique, medium, encrypted) => {
					const judged = methodOf(technique, medium, encrypted);
					if (!judged.ok) return;
					if (['crypto_erase', 'factory_reset'].includes(technique)) expect(encrypted).toBe(true);
					if (medium !== 'hdd' && ['overwrite', 'degauss'].includes(technique))
						expect(judged.value).toBe('clear');
					if (medium === 'unknown') expect(judged.value).toBe('destroy');
					expect(
						techniqueTable().some(
							(row) => row.technique === technique && row.medium === medium && row.method === judged.value,
						),
					).toBe(true);
				},
			),
		);
	});

	it('asks for more when it leaves and when it is sensitive', () => {
		const choices = [false, true];
		for (const leaving of choices)
			for (const sensitive of choices) {
				const asked = askedMethod({ leaving, sensitive });
				expect(suffices(askedMethod({ leaving: true, sensitive }), asked)).toBe(true);
				expect(suffices(askedMethod({ leaving, sensitive: true }), asked)).toBe(true);
			}
		expect(methods.map((method) => suffices(method, 'purge'))).toEqual([false, true, true]);
	});
});

describe('the draw', () => {
	it('can be redone by anybody and picks about the share', () => {
		const seed = createHash('sha256').update('a day').digest();
		expect(commitmentOf(seed)).toBe(createHash('sha256').update(seed).digest('hex'));
		const draws = Array.from({ length: 4000 }, (_, n) => drawOf(seed, `wipe ${n}`));
		expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
		const picked = draws.filter((draw) => isSample(draw, 10, false)).length;
		expect(picked).toBeGreaterThan(320);
		expect(picked).toBeLessThan(480);
		expect(drawOf(seed, 'wipe 7')).toBe(draws[7]);
		expect(isSample(0.99, 0, true)).toBe(true);
	});
});

describe('what is signed', () => {
	it('is written one way only, whatever the order it was made in', () => {
		const values = fc.dictionary(
			fc.string(),
			fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
		);
		fc.assert(
			fc.property(values, (value) => {
				const turned = Object.fromEntries(Object.entries(value).reverse());
				expect(canonicalJson(turned)).toBe(canonicalJson(value));
				expect(JSON.parse(canonicalJson(value))).toEqual({ ...value });
			}),
		);
		expect(canonicalJson({ b: [1, { d: 'é', c: null }], a: true })).toBe(
			'{"a":true,"b":[1,{"c":null,"d":"é"}]}',
		);
		expect(() => canonicalJson(0.5)).toThrow();
	});

	it('shows a serial number to nobody who has it not', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, maxLength: 40 }), (serial) => {
				expect(maskSerial(serial)).not.toBe(serial);
			}),
		);
		expect(maskSerial('C02XK1ZJGH')).toBe(`${'••••••1ZJGH'.slice(0, 6)}ZJGH`);
	});
});

const report = {
	report_metadata: { generated_at: '2026-11-24_09-12-00', software: 'nwipe', version: '0.39' },
	organization: { business_name: 'Unknown' },
	device: {
		name: '/dev/sda',
		model: 'ST500LM021',
		serial_no: 'W62ABCDE',
		size_bytes: 500107862016,
		size_text: '500GB',
	},
	wipe_result: {
		status: 'success',
		rounds_requested: 1,
		pass_errors: 0,
		verify_errors: 0,
		start_time: 1795500000,
		end_time: 1795507200,
		duration_seconds: 7200,
	},
};

describe('a report of nwipe', () => {
	it('is read', () => {
		expect(readNwipeReport(JSON.stringify(report))).toMatchObject({
			ok: true,
			value: {
				toolVersion: '0.39',
				mediumSerial: 'W62ABCDE',
				done: true,
				startedAt: new Date(1795500000_000),
			},
		});
	});

	it('with errors of verifying is a failure whatever its status says', () => {
		const failed = { ...report, wipe_result: { ...report.wipe_result, verify_errors: 3 } };
		expect(readNwipeReport(JSON.stringify(failed))).toMatchObject({ ok: true, value: { done: false } });
	});

	it('that is none is refused', () => {
		fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !readNwipeReport(text).ok));
		expect(
			readNwipeReport(JSON.stringify({ ...report, report_metadata: { software: 'other', version: '1' } })).ok,
		).toBe(false);
	});
});
