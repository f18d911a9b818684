/** What changes a part of something, in the words of the release our text is of: `set`, `rollout`, `config`. */
export const setLines = `
create -f - < deployment2
create rolebinding rb1 --clusterrole=admin --user=user1
create cm c5 --from-literal=k1=v1
create secret generic s5 --from-literal=user=me
set env deploy/web2 A=2 B=3
set env deploy/web2 --list
set env deploy/web2 A-
set env deploy/web2
set env deploy/nope A=b
set env deploy/web2 -c side X=y
set env deploy/web2 -c nope X=y
set env --all deploy K=v
set env deploy/web2 A=b A-
set env deploy/web2 --from=configmap/nope
set env deploy/web2 --from=configmap/c5
set env deploy/web2 --from=secret/s5 --prefix=MY_
set env deploy/web2 --from=configmap/c5 --keys=k1
set env deploy/web2 --list
set env deploy/web2 --list --resolve
set env deploy/web2 Q=r --dry-run=client -o yaml
set env -f - --local -o yaml T=u < deployment2
set resources deploy/web2 --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi
set resources deploy web2 -c=nginx --limits=cpu=100m
set resources deploy web2 -c=nope --limits=cpu=100m
set resources deploy web2 --limits=cpu=0,memory=0 --requests=cpu=0,memory=0
set resources deploy web2
set resources deploy web2 --limits=cpu
set resources deploy/web2 --limits=cpu=200m --dry-run=client -o yaml
set resources deploy/nope --limits=cpu=200m
set selector svc x a=b
create svc clusterip svc7 --tcp=80
set selector svc svc7 a=b,c=d
set selector svc svc7 a=b,c=d
set selector deploy web2 a=b
set selector svc svc7
set sa deploy web2 sa1
set serviceaccount deploy web2 sa1
set sa deploy nope sa1
set sa deploy
set subject rolebinding rb1 --user=u2 --group=g2
set subject rolebinding rb1 --user=u2
set subject rolebinding rb1 --serviceaccount=$NS:sa1
set subject rolebinding rb1
set subject rolebinding nope --user=x
get rolebinding rb1 -o yaml
get deploy web2 -o yaml
set image deploy/web2 nginx=nginx:9 side=busybox:2
set image deploy nginx=nginx:10 --all
set image deploy,rs nginx=x --all
set image -f - nginx=y --local -o yaml < deployment2
set nope`;

export const rolloutLines = `
rollout status deploy/web2 --timeout=1s
rollout status deploy/web2 --timeout=1s -w=false
rollout pause deploy/web2
rollout restart deploy/web2
rollout undo deploy/web2
rollout resume deploy/web2
rollout resume deploy/web2
rollout history deploy/web2 --revision=7
rollout history deploy/web2 --revision=-1
rollout restart deploy
rollout restart cm/c5
rollout status cm/c5
rollout history cm/c5
rollout undo cm/c5
rollout pause cm/c5
rollout status
rollout undo deploy/web2 --to-revision=9
rollout status deploy/web2 --revision=3 --timeout=1s
create -f - < sts
rollout status sts/s1 --timeout=1s
rollout status ds/ds1 --timeout=1s
rollout history sts/s1
rollout restart sts/s1
rollout undo sts/s1
rollout pause sts/s1
rollout resume ds/ds1
rollout undo sts/s1 --to-revision=3
rollout history ds/ds1 --revision=2
rollout undo ds/ds1
rollout restart deploy/web2 -o name
create -f - < rc
scale rc r1 --replicas=3 --current-replicas=7
scale rc/r1 --replicas=3 --current-replicas=2
scale rc,sts --all --replicas=1
rollout status rc/r1
rollout history rc/r1
rollout undo rc/r1
rollout restart rc/r1
rollout pause rc/r1
create job j9 --image=busybox
rollout history job/j9
rollout undo job/j9
rollout restart job/j9
rollout status job/j9
rollout status cj
rollout history cj
rollout undo cj
rollout pause cj
rollout restart cj
rollout restart -f - < deployment2`;

export const listingLines = `
api-resources --categories=all
api-resources --categories=nope
api-resources --namespaced=false
api-resources --verbs=list,get -o name
api-resources --api-group=apps
api-resources -o wide --api-group=apps
api-resources --sort-by=name
api-resources --sort-by=kind
api-resources --sort-by=x
api-resources --no-headers --api-group=batch
api-resources -o json
api-resources x
api-versions
get deploy --sort-by=.spec.replicas
get deploy --sort-by=.nope
get deploy -o name --sort-by=.metadata.name
get deploy -o yaml --sort-by=.spec.replicas
get deploy --sort-by=bad{
get pods --sort-by=.metadata.name
get --context=nope pods
get --cluster=nope pods
get --user=nope pods
get pods --context=nope --user=x
get pods --kubeconfig=/nope`;

/** In an order in which the server is needed no more. */
export const configLines = `
config set clusters.c.server https://x:1
config view
config set contexts.c.namespace foo
config set current-context c
config set users.u.token abc
config set preferences.colors true
config set nope x
config set clusters.new.server https://y
config set clusters.c.insecure-skip-tls-verify yes
config set clusters.c.certificate-authority-data abc --set-raw-bytes=true
config view -o json
config view -o jsonpath={.clusters[*].name}
config view --minify
config view --raw
config view --flatten
config view --flatten --minify -o json
config unset users.u.token
config unset contexts.nope
config unset current-context
config unset nope
config view
config current-context
config get-contexts
config use-context c
config use-context nope
config rename-context c d
config rename-context c d
config get-contexts
config get-contexts d
config get-contexts nope
config get-contexts d nope
config get-contexts -o name
config get-contexts -o json
config get-contexts --no-headers
config get-clusters
config get-users
config delete-context nope
config set-context x --cluster=a --user=b
config set-context x --namespace=q
config set-context --current --namespace=zz
config set-context --current x
config set-context
config set-cluster z --certificate-authority=/nope --embed-certs
config set-credentials u2 --token=abc
config set-credentials u2 --username=me --password=x
config set-credentials u4 --exec-command=/bin/x --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=a --exec-arg=b --exec-env=k=v
config set-credentials u5 --auth-provider=oidc
config view
config view --raw -o yaml
config delete-context x
config delete-context d
config delete-cluster y
config delete-cluster y
config delete-user u2
config delete-user u2
config current-context
config nope
config view x`;

export const templateLines = `
get deploy -o go-template={{.kind}}
get deploy web2 -o go-template={{.metadata.name}}
get deploy -o 'go-template={{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'
get deploy web2 --template='{{range $i, $c := .spec.template.spec.containers}}{{$c.image}}{{end}}'
get deploy web2 -o template --template={{.metadata.name}}
get deploy web2 -o jsonpath --template={.metadata.name}
get deploy web2 -o go-template
get deploy web2 -o 'go-template={{if .spec.paused}}p{{else}}r{{end}}'
get deploy web2 -o 'go-template={{with .metadata}}{{.name}}{{end}}'
get deploy web2 -o 'go-template={{.nope}}'
get deploy web2 -o 'go-template={{.nope.x}}'
get deploy web2 -o 'go-template={{'
get deploy web2 -o 'go-template={{range $k, $v := .metadata.labels}}{{$k}}={{$v}},{{end}}'
get secret -o go-template='{{range .items}}x{{end}}'
get deploy web2 -o 'go-template={{.metadata.labels}}'
get deploy web2 -o 'go-template={{.spec.replicas}} {{printf "%.0f" .spec.replicas}} {{html "<a>"}} {{and true false}} {{not true}} {{or "" "x"}}'
get deploy web2 -o 'go-template={{exists . "metadata" "name"}} {{base64decode "YQ=="}}'
get deploy -o jsonpath-file=/nope`;

/** Flags that many commands take, and what is wrong with them. */
export const flagLines = `
get deploy web2 -o jsonpath
annotate cm c5 x=y --record
scale deploy web2 --replicas=4 --record
set image deploy web2 nginx=n:1 --record=true
create --raw /api/v1/namespaces/$NS/configmaps -f - < rawcm
get --raw /api/v1/namespaces/$NS/configmaps/raw1
get --raw /healthz
delete --raw /api/v1/namespaces/$NS/configmaps/raw1
replace --raw /api/v1/namespaces/$NS/configmaps/raw1 -f - < rawcm
get cm c5 --as=nobody
get cm c5 --as=nobody --as-group=system:masters
auth can-i get pods --as=nobody
get cm c5 --request-timeout=1s
get cm c5 --request-timeout=x
get cm c5 --cache-dir=/tmp/x
get po,svc,deploy
get cm --field-selector metadata.name=c5
get cm --field-selector nope=c5
get cm c5 -o json --subresource=status
get deploy web2 --subresource=scale -o yaml
get deploy web2 --subresource=status
get deploy web2 --subresource=nope
get deploy,cm --no-headers
get deploy -o jsonpath-as-json={.items[*].metadata.name}
get deploy -o nope
get deploy -o wide --show-labels
get cm -l 'a notin (b),c'
get cm -l 'a=='
get ns $NS --show-labels
get cm,nope
get all -o name
get deploy --output-watch-events
label deploy web2 a=b --all-namespaces
label deploy --all a=c --overwrite
label deploy -l app=web q=r --field-selector metadata.name=web
label -f - a=z --local -o yaml < settings5
annotate -f - a=z --local -o yaml < settings5
patch -f - -p '{"data":{"z":"y"}}' < settings5
patch -f - --local --type=merge -p '{"data":{"z":"y"}}' -o yaml < settings5
patch deploy web2 --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'
patch deploy web2 --subresource=status --type=merge -p '{"status":{"replicas":2}}'
patch cm c5 --type=nope -p '{}'
patch cm c5
patch cm c5 -p '{"data":{"k":"v"}}' --dry-run=client`;

/** What the tutorials in use type, and what of it is no more. */
export const tutorialLines = `
debug p1
debug p1 --image=busybox -c d1
get pod p1 -o jsonpath={.spec.ephemeralContainers}
debug p1 --image=busybox -c d2 --target=c -- sh
debug p1 --image=busybox --copy-to=p2 -c d3
debug nope --image=x
run -i --tty --image busybox:1.28 dns-test --restart=Never --rm --dry-run=client
get pods -o jsonpath --template={.items[*].metadata.name}
get pod p1 -o jsonpath -template='{.items[*].metadata.name}'
get deployments --selector=canary
scale kuard --replicas=4
label pods p1 -color
get replicaSets
get Pods
delete rs nope --cascade=false
autoscale rs frontend --max=10
create configmap x1 --from-file ghost
apply --filename=/nope --record=true
drain node02 --ignore-daemosents --force
top node
version --client --short
rollout history deployment
rollout status sts/
rollout history`;

export const lastAppliedLines = `
create -f - < deployment3
create cm c6 --from-literal=k=v
apply -f - < settings6
apply set-last-applied -f - < fewer6
apply view-last-applied cm c6
apply set-last-applied -f - --create-annotation < deployment3
apply view-last-applied deploy web3 -o json
apply -f - < deployment3
apply -f - < settings6
get cm c6 -o yaml
annotate cm c6 x=y --record
apply -f - --record < settings6
scale deploy web3 --replicas=4 --record
get deploy web3 -o jsonpath={.metadata.annotations}`;
