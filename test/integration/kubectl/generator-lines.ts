/** `kubectl create <kind>`: all that the release our text is of can make from flags, and what it refuses. */
export const generatorLines = `
create cronjob cj0 --image=busybox "--schedule=*/1 * * * *"
create job j1 --image=busybox --dry-run=client -o yaml -- date
create job j1 --image=busybox
create job j1 --image=busybox
create job j2
create job j3 --from=cronjob/cj0 --dry-run=client -o yaml
create job j3 --from=cronjob/cj0
create job j3 --from=cronjob/nope
create job j4 --from=deploy/x
create job j5 --from=cronjob/cj0 --image=x
create job j6 --image=x --from=cronjob/cj0 -- a
create cronjob cj1 --image=busybox "--schedule=*/1 * * * *" --dry-run=client -o yaml
create cronjob cj1 --image=busybox "--schedule=*/1 * * * *" --restart=Never -- date -u
create cronjob cj2 --image=busybox
create cronjob cj3 --image=busybox --schedule=bad
create cronjob cj4 --image=busybox "--schedule=0 0 * * *" --restart=Foo
create ingress i1 --rule=foo.com/bar=svc1:8080,tls=my-cert --dry-run=client -o yaml
create ingress i2 --class=otheringress "--rule=foo.com/bar*=svc:8080" --rule=/x=svc:http --annotation a=b --annotation c=d --dry-run=client -o yaml
create ingress i3 --default-backend=defaultsvc:http --rule=foo.com/*=svc:8080,tls --dry-run=client -o yaml
create ingress i4 --rule=foo.com/bar=svc1:8080
create ingress i4 --rule=foo.com/bar=svc1:8080
create ingress i5
create ingress i6 --rule=foo
create ingress i7 --rule=foo.com/bar=svc
create ingress i8 --default-backend=svc
create role r1 --verb=get --verb=list,watch --resource=pods --dry-run=client -o yaml
create role r2 --verb=get --resource=pods,deployments.apps --resource-name=a --resource-name=b --dry-run=client -o yaml
create role r3 --verb=get --resource=rs.apps,pods/status --dry-run=client -o yaml
create role r4 --verb=get --resource=pods
create role r4 --verb=get --resource=pods
create role r5 --resource=pods
create role r6 --verb=get
create role r7 --verb=get --resource=nopes
create role r8 --verb=nope --resource=pods --dry-run=client
create role r9 --verb=get --resource=nodes --dry-run=client -o yaml
create role r10 --verb=* --resource=* --dry-run=client -o yaml
create role r11 --verb=get --resource=deploy.extensions --dry-run=client -o yaml
create clusterrole cr1-$NS --verb=get,list --resource=nodes,pods --dry-run=client -o yaml
create clusterrole cr2-$NS --verb=get --non-resource-url=/logs/* --dry-run=client -o yaml
create clusterrole cr3-$NS --aggregation-rule=a=b --dry-run=client -o yaml
create clusterrole cr4-$NS --verb=get --resource=pods
create clusterrole cr5-$NS
create clusterrole cr6-$NS --verb=get --non-resource-url=logs
create rolebinding rb1 --clusterrole=admin --user=user1 --user=user2 --group=group1 --serviceaccount=$NS:default --dry-run=client -o yaml
create rolebinding rb2 --role=r4 --serviceaccount=$NS:default
create rolebinding rb3
create rolebinding rb4 --role=a --clusterrole=b
create rolebinding rb5 --role=a --serviceaccount=x
create rolebinding rb6 --role=a --dry-run=client -o yaml
create clusterrolebinding crb1-$NS --clusterrole=cluster-admin --user=user1 --group=g --dry-run=client -o yaml
create clusterrolebinding crb2-$NS --clusterrole=cr4-$NS --serviceaccount=$NS:default
create clusterrolebinding crb3-$NS
create quota q1 --hard=cpu=1,memory=1G,pods=2 --scopes=BestEffort --dry-run=client -o yaml
create quota q2 --hard=pods=100
create quota q2 --hard=pods=100
create quota q3
create quota q4 --hard=pods
create quota q5 --hard=pods=x
create resourcequota q6 --hard=pods=3 --dry-run=client -o yaml
create pdb p1 --selector=app=rails --min-available=1 --dry-run=client -o yaml
create pdb p2 --selector=app=nginx --max-unavailable=50%
create pdb p2 --selector=app=nginx --max-unavailable=50%
create pdb p3
create pdb p4 --selector=a=b
create pdb p5 --selector=a=b --min-available=1 --max-unavailable=1
create pdb p6 --min-available=1
create token default --duration=10m -o name
create token nope
create token default --bound-object-kind=Pod
create token default --duration=1s
create token
create secret tls t1 --cert=/nope --key=/nope
create secret tls t1
create secret docker-registry r2 --docker-username=u --docker-password=p --docker-email=e --dry-run=client -o yaml
create secret generic
create configmap
create configmap x1 --from-env-file=/nope
create configmap x2 --from-file=/nope
create namespace
create serviceaccount sa9 --dry-run=server -o yaml
create nope
create deployment x --image=nginx --port=x
create priorityclass pc9-$NS --value=5 --global-default=false --preemption-policy=Never -o yaml --dry-run=client
create service loadbalancer lb --tcp=80:80 --dry-run=client -o yaml
create service clusterip hl --clusterip=None
create service clusterip x
create service nodeport np --tcp=80 --node-port=30080 --dry-run=client -o yaml
create service externalname x`;
