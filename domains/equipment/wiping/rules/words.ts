import type { Category, Words } from '../../kinds.ts';
import type { Medium, Method, Technique } from './techniques.ts';

const w = (fr: string, en: string): Words => ({ fr, en });

export const mediumWords: Record<Medium, Words> = {
	flash_embedded: w('Mémoire soudée (téléphone, tablette)', 'Memory soldered on (phone, tablet)'),
	ssd_nvme: w('SSD NVMe', 'NVMe SSD'),
	ssd_sata: w('SSD SATA', 'SATA SSD'),
	hdd: w('Disque dur magnétique', 'Magnetic hard disk'),
	memory_card: w('Carte mémoire ou clé USB', 'Memory card or USB stick'),
	none: w('Aucun stockage (absent ou retiré)', 'No storage (none, or taken out)'),
	unknown: w('Stockage inconnu', 'Unknown storage'),
};

export const techniqueWords: Record<Technique, Words> = {
	factory_reset: w(
		'Réinitialisation d’usine, stockage chiffré depuis l’origine',
		'Factory reset, storage encrypted from the first day',
	),
	crypto_erase: w('Effacement cryptographique (clé détruite)', 'Cryptographic erase (key destroyed)'),
	block_erase: w(
		'Effacement des blocs par le contrôleur (Sanitize, Format NVM)',
		'Block erase by the controller (Sanitize, Format NVM)',
	),
	secure_erase: w('ATA Secure Erase', 'ATA Secure Erase'),
	sanitize_overwrite: w(
		'Réécriture par le disque lui-même (ATA Sanitize)',
		'Overwrite by the disk itself (ATA Sanitize)',
	),
	overwrite: w('Réécriture par un logiciel (une passe ou plus)', 'Overwrite by a program (one pass or more)'),
	degauss: w('Démagnétisation', 'Degaussing'),
	shred: w('Broyage', 'Shredding'),
	disintegrate: w('Désintégration', 'Disintegration'),
	incinerate: w('Incinération', 'Incineration'),
	inspection: w('Ouvert et contrôlé : aucun stockage', 'Opened and checked: no storage'),
};

export const methodWords: Record<Method | 'none', Words> = {
	clear: w('Effacement simple (Clear)', 'Clear'),
	purge: w('Purge', 'Purge'),
	destroy: w('Destruction (Destroy)', 'Destroy'),
	none: w('Sans stockage', 'No storage'),
};

export const categoryWords: Record<Category, Words> = {
	smartphone: w('Smartphone', 'Smartphone'),
	feature_phone: w('Téléphone simple', 'Feature phone'),
	tablet: w('Tablette', 'Tablet'),
	laptop: w('Ordinateur portable', 'Laptop'),
	desktop: w('Ordinateur fixe', 'Desktop computer'),
	monitor: w('Écran', 'Screen'),
	server: w('Serveur', 'Server'),
	printer: w('Imprimante', 'Printer'),
	network: w('Équipement réseau', 'Network equipment'),
	projector: w('Vidéoprojecteur', 'Projector'),
	other: w('Autre appareil', 'Other device'),
};

export const slotWords: Record<'main' | 'second' | 'card', Words> = {
	main: w('Stockage principal', 'Main storage'),
	second: w('Second stockage', 'Second storage'),
	card: w('Carte mémoire', 'Memory card'),
};
