import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from './decode.ts';
import { detectSystem, guessMapping, signatureOf } from './headings.ts';
import { changesFor, impliedStatus } from './merging.ts';
import { addMonths, dateOrderOf, parseDay, parseMonths, parsePrice, tidyCell, tidySerial } from './values.ts';
import { categoryOf, categoryOfModel, noOwnWords, statusOf } from './words.ts';

describe('encodings', () => {
	const text = 'Nom;Numéro de série;Été\r\nPC-1;ÀÇŒ;ü\r\n';
	test('the same text in UTF-8, with a mark or not, UTF-16 both ways, and Windows-1252', () => {
		const utf8 = Buffer.from(text, 'utf8');
		const little = Buffer.from(text, 'utf16le');
		const big = Buffer.from(little).swap16();
		const windows = Buffer.from(text.replace('Œ', 'Oe'), 'latin1');
		expect(decode(utf8)).toBe(text);
		expect(decode(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]))).toBe(text);
		expect(decode(little)).toBe(text);
		expect(decode(Buffer.concat([Buffer.from([0xff, 0xfe]), little]))).toBe(text);
		expect(decode(Buffer.concat([Buffer.from([0xfe, 0xff]), big]))).toBe(text);
		expect(decode(windows)).toBe(text.replace('Œ', 'Oe'));
	});
	test('any bytes become some text', () => {
		fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof decode(bytes) === 'string'));
	});
});

describe('days', () => {
	test('French, ISO, American where nothing else is possible, with times', () => {
		expect(parseDay('25/11/2026', 'dmy')).toBe('2026-11-25');
		expect(parseDay('2026-11-25 10:12:00', 'dmy')).toBe('2026-11-25');
		expect(parseDay('11/25/2026', 'mdy')).toBe('2026-11-25');
		expect(parseDay('4/5/16', 'mdy')).toBe('2016-04-05');
		expect(parseDay('4.5.16', 'dmy')).toBe('2016-05-04');
		// Late evening in UTC is the next day in the town.
		expect(parseDay('2026-11-25T23:30:00Z', 'dmy')).toBe('2026-11-26');
		for (const wrong of ['31/02/2026', '2026-13-01', 'demain', '0000-00-00', '1/1/1', '45000'])
			expect(parseDay(wrong, 'dmy')).toBeNull();
	});
	test('a column is American only if one of its days can be nothing else and none must be French', () => {
		expect(dateOrderOf(['04/05/2026', '11/25/2026'])).toBe('mdy');
		expect(dateOrderOf(['04/05/2026', '25/11/2026'])).toBe('dmy');
		expect(dateOrderOf(['04/05/2026'])).toBe('dmy');
		expect(dateOrderOf(['13/05/2026', '05/13/2026'])).toBe('dmy');
	});
	test('every day is read back from both writings', () => {
		const days = fc.date({
			min: new Date('1970-01-02T00:00:00Z'),
			max: new Date('2199-12-30T00:00:00Z'),
			noInvalidDate: true,
		});
		fc.assert(
			fc.property(days, (at) => {
				const day = at.toISOString().slice(0, 10);
				const [year, month, date] = day.split('-');
				expect(parseDay(day, 'dmy')).toBe(day);
				expect(parseDay(`${date}/${month}/${year}`, 'dmy')).toBe(day);
				expect(parseDay(`${month}/${date}/${year}`, 'mdy')).toBe(day);
			}),
		);
	});
	test('months are added to the same day, or the last of the month', () => {
		expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
		expect(addMonths('2023-11-15', 36)).toBe('2026-11-15');
	});
});

describe('prices and spans', () => {
	test('as the French and others write them', () => {
		const prices: [string, number | null][] = [
			['1 234,56 €', 123_456],
			['1\u202f234,56\u00a0€', 123_456],
			['1,234.56', 123_456],
			['1.234,56', 123_456],
			['$1,234', 123_400],
			['1 234', 123_400],
			['950', 95_000],
			['950.5', 95_050],
			['1.234.567', 123_456_700],
			['0', 0],
			['-5', null],
			['gratuit', null],
			['1,2,3.4.5', null],
			['', null],
		];
		for (const [text, cents] of prices) expect(parsePrice(text), text).toBe(cents);
	});
	test('any amount is read back as the export writes it', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (cents) => {
				expect(parsePrice((cents / 100).toFixed(2))).toBe(cents);
				expect(parsePrice(`${(cents / 100).toFixed(2).replace('.', ',')} €`)).toBe(cents);
			}),
		);
	});
	test('spans in months', () => {
		expect(parseMonths('36 months')).toBe(36);
		expect(parseMonths('3 ans')).toBe(36);
		expect(parseMonths('longtemps')).toBeNull();
	});
	test('what only looks like something is nothing', () => {
		for (const text of ['&nbsp;', ' N/A ', 'null', '-', '']) expect(tidyCell(text)).toBe('');
		for (const text of ['To Be Filled By O.E.M.', '0000000', 'Default string'])
			expect(tidySerial(text)).toBe('');
		expect(tidySerial(' 5CG1234ABC ')).toBe('5CG1234ABC');
	});
});

describe('systems', () => {
	test('are known by their headings, in French and English', () => {
		expect(
			detectSystem(['Nom', 'Entité', 'Statut', 'Fabricant', 'Numéro de série', 'Type', 'Modèle', 'Lieu']),
		).toBe('glpi');
		expect(
			detectSystem(['Name', 'Status', 'Manufacturer', 'Serial number', 'Type', 'Model', 'Location']),
		).toBe('glpi');
		expect(
			detectSystem([
				'ID',
				'Asset Name',
				'Asset Tag',
				'Serial',
				'Model',
				'Category',
				'Status',
				'Checked Out To',
			]),
		).toBe('snipeit');
		expect(detectSystem(['Device ID', 'Device name', 'Enrollment date', 'Primary user UPN'])).toBe('intune');
		expect(detectSystem(['AssetName', 'AssetTypename', 'Serialnumber'])).toBe('lansweeper');
		expect(detectSystem(['Marque', 'Modèle', 'N° série'])).toBe('csv');
	});
	test('a financial column of GLPI is known by its end', () => {
		const heading = "Informations financières et administratives - Date d'achat";
		expect(guessMapping([heading], 'glpi')).toEqual({ [heading]: 'boughtOn' });
	});
	test('a signature is that of the headings, whatever their order and capitals', () => {
		expect(signatureOf(['Modèle', 'Série'])).toBe(signatureOf(['SERIE', 'modele']));
		expect(signatureOf(['Modèle'])).not.toBe(signatureOf(['Modèle', 'Série']));
	});
});

describe('words', () => {
	test('categories, statuses, and what a model gives away', () => {
		expect(categoryOf('Ordinateur portable', noOwnWords)).toBe('laptop');
		expect(categoryOf('Écran', noOwnWords)).toBe('monitor');
		expect(categoryOf('Zorglub', noOwnWords)).toBeNull();
		expect(categoryOf('Zorglub', { ...noOwnWords, category: new Map([['zorglub', 'projector']]) })).toBe(
			'projector',
		);
		expect(statusOf('Ready to Deploy', noOwnWords)).toEqual({ status: 'in_stock' });
		expect(statusOf('Donné', noOwnWords)).toEqual({ status: 'left', leftAs: 'donated' });
		// Archived does not say how it left.
		expect(statusOf('Archived', noOwnWords)).toBeNull();
		expect(categoryOfModel('Dell Latitude 5420')).toBe('laptop');
		expect(categoryOfModel('Objet')).toBeNull();
	});
	test('stock that somebody holds is in use; what Parvis knows better stays', () => {
		expect(impliedStatus('in_stock', true, true, false)).toBe('in_use');
		expect(impliedStatus(undefined, false, true, true)).toBeUndefined();
		const before = { status: 'left' } as Parameters<typeof changesFor>[0];
		expect(changesFor(before, { status: 'in_use', holderId: 'x', service: 'DSI' })).toEqual({
			changes: { service: 'DSI' },
			keptStatus: true,
		});
	});
});
