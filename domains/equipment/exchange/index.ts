import { createOutgoing, createSealing, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { mayManage, maySee } from '../policies.ts';
import { createExchangeApi } from './api.ts';
import { exportCsv, exportJson } from './exporting.ts';
import type { Exchange } from './face.ts';
import { createGlpiConnection } from './glpi/connection.ts';
import { importFile } from './importing.ts';
import { importFields, importSystems } from './rules/fields.ts';
import { createRuns, mostBytes } from './runs.ts';
import { createWords } from './words.ts';
import { createWorking } from './working.ts';

/** Imports from GLPI, Snipe-IT and others, and the export. As a part of the room. */
export function createExchange(context: Context): Part & { face: Exchange } {
	const { config } = context.platform;
	const outgoing = createOutgoing(config.privateHosts);
	const connection = createGlpiConnection(
		context,
		outgoing,
		createSealing(config.secret, 'parvis equipment exchange'),
	);
	const { runs, glpiRun } = createRuns(context, connection, createWorking(context, connection, outgoing));
	const face: Exchange = {
		fields: importFields,
		systems: importSystems,
		mostBytes,
		async importFile(actor, bytes, options) {
			if (!mayManage(actor) && actor.kind !== 'system') return refuse('platform.not_allowed');
			if (bytes.byteLength > mostBytes) return refuse('equipment.import_too_large');
			return importFile(context, actor, bytes, options);
		},
		runs,
		words: createWords(context),
		glpi: {
			connection: connection.connection,
			save: connection.save,
			remove: connection.remove,
			run: glpiRun,
		},
		exportCsv: (actor) => (maySee(actor) ? exportCsv(context) : null),
		exportJson: (actor) => (maySee(actor) ? exportJson(context) : null),
	};
	return { face, api: createExchangeApi(context.platform, face) };
}
