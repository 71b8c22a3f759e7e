/* What sort of device it is, by its chassis or by what its maker calls it. */
#include "cli/bench/findings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "proto/life/reflect.h"

struct typed_word {
	const char *word;
	Trac__DeviceType type;
};

/* SMBIOS 7.4.1, as dmidecode, lshw and GLPI spell it; letters and digits only. */
static const struct typed_word chassis_words[] = {
	{ "Desktop", TRAC__DEVICE_TYPE__DESKTOP },
	{ "LowProfileDesktop", TRAC__DEVICE_TYPE__DESKTOP },
	{ "PizzaBox", TRAC__DEVICE_TYPE__DESKTOP },
	{ "MiniTower", TRAC__DEVICE_TYPE__DESKTOP },
	{ "Tower", TRAC__DEVICE_TYPE__DESKTOP },
	{ "AllInOne", TRAC__DEVICE_TYPE__DESKTOP },
	{ "SpaceSaving", TRAC__DEVICE_TYPE__DESKTOP },
	{ "LunchBox", TRAC__DEVICE_TYPE__DESKTOP },
	{ "MiniPC", TRAC__DEVICE_TYPE__DESKTOP },
	{ "StickPC", TRAC__DEVICE_TYPE__DESKTOP },
	{ "Portable", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Laptop", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Notebook", TRAC__DEVICE_TYPE__LAPTOP },
	{ "SubNotebook", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Convertible", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Tablet", TRAC__DEVICE_TYPE__TABLET },
	{ "Detachable", TRAC__DEVICE_TYPE__TABLET },
	{ "MainServerChassis", TRAC__DEVICE_TYPE__SERVER },
	{ "RackMountChassis", TRAC__DEVICE_TYPE__SERVER },
	{ "Blade", TRAC__DEVICE_TYPE__SERVER },
	{ "Server", TRAC__DEVICE_TYPE__SERVER },
	{ "Computer", TRAC__DEVICE_TYPE__DEVICE_UNSPECIFIED },
};

/* Families that are one sort of device alone. */
static const struct typed_word families[] = {
	{ "EliteBook", TRAC__DEVICE_TYPE__LAPTOP }, { "ProBook", TRAC__DEVICE_TYPE__LAPTOP },
	{ "ZBook", TRAC__DEVICE_TYPE__LAPTOP }, { "ThinkPad", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Latitude", TRAC__DEVICE_TYPE__LAPTOP }, { "MacBook", TRAC__DEVICE_TYPE__LAPTOP },
	{ "TravelMate", TRAC__DEVICE_TYPE__LAPTOP }, { "LIFEBOOK", TRAC__DEVICE_TYPE__LAPTOP },
	{ "Chromebook", TRAC__DEVICE_TYPE__LAPTOP }, { "VivoBook", TRAC__DEVICE_TYPE__LAPTOP },
	{ "ZenBook", TRAC__DEVICE_TYPE__LAPTOP }, { "Tecra", TRAC__DEVICE_TYPE__LAPTOP },
	{ "OptiPlex", TRAC__DEVICE_TYPE__DESKTOP }, { "EliteDesk", TRAC__DEVICE_TYPE__DESKTOP },
	{ "ProDesk", TRAC__DEVICE_TYPE__DESKTOP }, { "ThinkCentre", TRAC__DEVICE_TYPE__DESKTOP },
	{ "Veriton", TRAC__DEVICE_TYPE__DESKTOP }, { "ESPRIMO", TRAC__DEVICE_TYPE__DESKTOP },
	{ "iMac", TRAC__DEVICE_TYPE__DESKTOP }, { "PowerEdge", TRAC__DEVICE_TYPE__SERVER },
	{ "ProLiant", TRAC__DEVICE_TYPE__SERVER },
};

/* "Sub Notebook", "mini-tower": letters and digits only. */
static void squeeze(const char *from, char to[FOUND_TEXT])
{
	size_t used = 0;
	for (; *from && used < TEXT_MAX; from++) {
		if (*from != ' ' && *from != '-' && *from != '_')
			to[used++] = *from;
	}
	to[used] = '\0';
}

Trac__DeviceType found_type(const char *chassis, const char *model)
{
	char word[FOUND_TEXT];
	squeeze(chassis, word);
	for (size_t i = 0; i < sizeof chassis_words / sizeof *chassis_words; i++) {
		if (word_is(word, chassis_words[i].word) && chassis_words[i].type)
			return chassis_words[i].type;
	}
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (strcasestr(model, families[i].word))
			return families[i].type;
	}
	return TRAC__DEVICE_TYPE__DEVICE_UNSPECIFIED;
}

void found_model(struct found_device *d, const char *product, const char *version)
{
	bool lenovo = !strncasecmp(d->maker, "lenovo", 6);
	char name[FOUND_TEXT];
	found_words(name, version, strlen(version));
	if (!lenovo || !name[0])
		found_words(name, product, strlen(product));
	memcpy(d->model, name, sizeof name);
}
